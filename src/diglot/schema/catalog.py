"""Everything that Postgres's own catalogues know of a database: what is there, and what has changed."""

from diglot.schema.catalog_comparing import Change, compare_catalogs
from diglot.schema.catalog_objects import Catalog, ObjectId
from diglot.schema.catalog_reading import CatalogReader, read_catalog

__all__ = ["Catalog", "CatalogReader", "Change", "ObjectId", "compare_catalogs", "read_catalog"]
