"""A small project that uses the plugin, run by pytest inside pytest."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy.dialects.postgresql.psycopg2  # noqa: F401 - pytest in pytest forgets what it imported; twice warns

SHOP = Path(__file__).parents[1] / "assets" / "shop"

Write = Callable[[str], None]


@pytest.fixture(scope="session")
def shop_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The templates of all these projects: built once, then cached, as on a laptop."""
    folder = tmp_path_factory.mktemp("cache")
    folder.chmod(0o755)
    return folder


@pytest.fixture
def shop(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, shop_cache: Path) -> pytest.Pytester:
    """The shop's project, without tests."""
    shutil.copytree(SHOP, pytester.path, dirs_exist_ok=True)
    monkeypatch.setenv("DIGLOT_CACHE_DIR", str(shop_cache))
    for name in ("DATABASE_URL", "DIGLOT_DIALECT", "DIGLOT_POSTGRES", "DIGLOT_ISOLATION"):
        monkeypatch.delenv(name, raising=False)
    return pytester


@pytest.fixture
def sqlite_shop(shop: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """The shop's project, run on SQLite only, for what does not depend on the dialect."""
    monkeypatch.setenv("DIGLOT_DIALECT", "sqlite")
    return shop
