"""A table in which a migration tool records what it has applied belongs to the tool, not to the schema.

Alembic's own is left out on both dialects. Of a tool that runs on one dialect only, it is known by its name, and only
where the metadata does not know it and no foreign key leads from it.

Same: `schema_migrations` on SQLite only.
Not the same: `schema_migrations` that the metadata has, and `migrations_log` on SQLite only.
"""

from diglot.checks.parity.sides import Pair

ASPECTS = ("table-missing",)
_NAMES = frozenset(
    {
        "alembic_version", "schema_migrations", "schema_migration", "schema_version", "flyway_schema_history",
        "_yoyo_log", "_yoyo_migration", "_yoyo_version", "yoyo_lock", "goose_db_version", "_sqlx_migrations",
        "__diesel_schema_migrations", "django_migrations", "databasechangelog", "databasechangeloglock",
        "pgmigrations", "knex_migrations", "knex_migrations_lock", "_prisma_migrations",
        "migratehistory", "caribou_migrations",
    }
)  # fmt: skip


def explains(pair: Pair) -> bool:
    """Whether the table that is on one side only is a migration tool's record."""
    claims = [claim for claim in (pair.one, pair.other) if claim.value is not None]
    return len(claims) == 1 and not claims[0].side.is_declared and _is_record(claims[0].value)


def _is_record(table: object) -> bool:
    name = str(getattr(table, "name", "")).rpartition(".")[2]
    return name in _NAMES and not getattr(table, "foreign_keys", ())
