"""SQLite scripts are applied once, in order, as a whole, and never after they were edited."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend_v2.db.database import Database
from backend_v2.db.sqlite_migrations import applied_script, migrate, newest_script
from backend_v2.errors import MigrationEdited, MigrationFailed


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    """An empty SQLite database."""
    engine = Database.open(sa.make_url(f"sqlite:///{tmp_path}/x.db")).engine
    yield engine
    engine.dispose()


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """Two scripts."""
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "001_a.sql").write_text("CREATE TABLE a (id INTEGER, note VARCHAR(9) DEFAULT 'x;y');")
    (folder / "002_b.sql").write_text("CREATE TABLE b (id INTEGER);")
    return folder


def test_migrate_applies_each_script_once_in_order(engine: sa.Engine, scripts: Path) -> None:
    """The first run applies both, the second none."""
    first, second = migrate(engine, scripts), migrate(engine, scripts)

    assert first == ["001_a.sql", "002_b.sql"]
    assert second == []


def test_migrate_refuses_an_edited_script(engine: sa.Engine, scripts: Path) -> None:
    """A script that was changed after it had been applied is named, with both checksums."""
    migrate(engine, scripts)
    (scripts / "001_a.sql").write_text("CREATE TABLE a (id TEXT);")

    with pytest.raises(MigrationEdited, match=r"001_a\.sql was applied with checksum \w{12}, the file has \w{12}"):
        migrate(engine, scripts)


def test_migrate_leaves_nothing_of_a_script_that_fails(engine: sa.Engine, scripts: Path) -> None:
    """A script whose second statement fails leaves not even its first one."""
    (scripts / "003_c.sql").write_text("CREATE TABLE c (id INTEGER); CREATE TABLE a (id INTEGER);")

    with pytest.raises(MigrationFailed, match=r"003_c\.sql failed and was rolled back: table a already exists"):
        migrate(engine, scripts)

    assert not sa.inspect(engine).has_table("c")
    (scripts / "003_c.sql").write_text("CREATE TABLE c (id INTEGER);")
    assert migrate(engine, scripts) == ["003_c.sql"]


def test_newest_script_is_the_last_one_applied(engine: sa.Engine) -> None:
    """After the product's own scripts have run, the database has the revision that the code expects."""
    migrate(engine)

    with engine.connect() as connection:
        assert applied_script(connection) == newest_script() == "009_list_indexes.sql"
