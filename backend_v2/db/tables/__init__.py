"""The typed description of all tables, one module per domain; migrations do not read it."""

from backend_v2.db.tables import auth, billing, market_data, settings, support, trading
from backend_v2.db.tables.registry import metadata

__all__ = ["auth", "billing", "market_data", "metadata", "settings", "support", "trading"]
