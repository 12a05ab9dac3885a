"""Bad input ends the run at once, non-zero, with the facts and the fix."""

from pathlib import Path

import pytest

END = "[tool.pytest.ini_options]"
TEST = "def test_it(diglot): pass"


def _checks(line: str) -> str:
    """A table of settings for checks, before the table of pytest's."""
    return f"[tool.diglot.checks]\n{line}\n{END}"


def _settings(shop: pytest.Pytester, old: str, new: str) -> None:
    path = shop.path / "pyproject.toml"
    path.write_text(path.read_text().replace(old, new))


def test_unknown_setting_names_the_nearest(shop: pytest.Pytester) -> None:
    """A key with a slip of the pen is an error that names the right key."""
    _settings(shop, 'app = "shop', 'ap = "shop')
    shop.makepyfile(TEST)

    result = shop.runpytest()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: DG102: unknown key 'ap' in [[]tool.diglot[]]*Fix: write 'app'"])


def test_unknown_dialect_names_the_nearest(shop: pytest.Pytester) -> None:
    """So is a dialect that there is not."""
    shop.makepyfile(TEST)

    result = shop.runpytest("--dialect", "sqllite")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: DG105: unknown dialect 'sqllite' in --dialect*Fix: write sqlite"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('{ scripts = "sql" }', '{ script = "sql" }', "ERROR: DG102: unknown key 'script'*Fix: write 'scripts'"),
        ('{ scripts = "sql" }', '{ scripts = "nowhere" }', "ERROR: DG103: *nowhere does not exist*"),
        ('{ scripts = "sql" }', '{ scripts = "sql", call = "a:b" }', "ERROR: DG103: *it must be { alembic*"),
        ("[tool.diglot]", '[tool.diglot]\nisolation = "none"', "ERROR: DG106: unknown isolation 'none'*"),
        ("[tool.diglot]", "[tool.diglot]\ndialects = []", "ERROR: DG103: *must be a list of dialect names*"),
        ('app = "shop:create_app"', "app = 3", "ERROR: DG103: [[]tool.diglot[]] app is 3, but it must be a text*"),
        ('{ scripts = "sql" }', '{ scripts = "sql", before = "a:b" }', "ERROR: DG103: *goes with `alembic` alone*"),
        (END, _checks("step_timeout_s = 0"), "ERROR: DG103: *step_timeout_s is 0, *seconds, above 0*"),
        (END, _checks("step_timeout_s = true"), "ERROR: DG103: *step_timeout_s is True*above 0*"),
        (END, _checks('sources = "shop"'), "ERROR: DG103: *sources is 'shop'*must be a list of paths*"),
        (END, _checks('sources = ["shap"]'), "ERROR: DG103: *shap does not exist*"),
        (END, _checks("seed = 1"), "ERROR: DG103: *seed is 1, but it must be a text*"),
        (END, _checks("source = []"), "ERROR: DG102: unknown key 'source'*Fix: write 'sources'"),
    ],
)
def test_setting_with_a_mistake_is_named(shop: pytest.Pytester, old: str, new: str, message: str) -> None:
    """The error says which key of which table, what it is, and what it must be."""
    _settings(shop, old, new)
    shop.makepyfile(TEST)

    result = shop.runpytest()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_broken_migration_is_shown_and_not_cached(shop: pytest.Pytester, shop_cache: Path, dialect: str) -> None:
    """What the migration said is shown, the run ends, and the corrected migration runs from nothing."""
    broken = shop.path / ("sql/003_broken.sql" if dialect == "sqlite" else "alembic/versions/0003_broken.py")
    broken.write_text("SELECT * FROM nowhere_at_all;" if dialect == "sqlite" else "raise ValueError('nowhere_at_all')")
    shop.makepyfile(TEST)

    failed = shop.runpytest("--dialect", dialect)
    broken.unlink()
    mended = shop.runpytest("--dialect", dialect)

    assert failed.ret == pytest.ExitCode.USAGE_ERROR
    failed.stderr.fnmatch_lines([f"ERROR: DG202: the {dialect} schema could not be built*", "*nowhere_at_all*"])
    assert mended.ret == pytest.ExitCode.OK
    assert not list(shop_cache.rglob("*building*"))


def test_migration_that_commits_by_itself_builds_a_template(shop: pytest.Pytester) -> None:
    """A template is a private database, so that a migration may end its own transaction."""
    (shop.path / "alembic/versions/0003_commits.py").write_text(
        "from alembic import op\n"
        'revision = "0003"\n'
        'down_revision = "0002"\n'
        "def upgrade():\n"
        "    with op.get_context().autocommit_block():\n"
        "        op.execute(\"INSERT INTO items (name) VALUES ('by itself')\")\n"
        "def downgrade(): pass\n"
    )
    shop.makepyfile(
        "import shop\ndef test_names(diglot): assert shop.names(diglot.engine) == ['seed', 'by itself']",
    )

    result = shop.runpytest("--dialect", "postgresql")

    result.assert_outcomes(passed=1, deselected=1)


def test_environment_script_that_connects_by_itself_is_refused(shop: pytest.Pytester) -> None:
    """An env.py that ignores the connection it was handed is found out, not trusted."""
    (shop.path / "alembic/env.py").write_text("print('I do as I like')\n")
    shop.makepyfile(TEST)

    result = shop.runpytest("--dialect", "postgresql")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: DG203: *config.attributes*"])


def test_edited_template_is_refused_and_can_be_built_anew(shop: pytest.Pytester, shop_cache: Path) -> None:
    """A cached template that somebody changed is an error; `--fresh-template` mends it."""
    shop.makepyfile(TEST)
    shop.runpytest("--dialect", "sqlite")
    for template in shop_cache.rglob("*.sqlite3"):
        template.write_bytes(template.read_bytes() + b"\0")

    edited = shop.runpytest("--dialect", "sqlite")
    mended = shop.runpytest("--dialect", "sqlite", "--fresh-template")

    assert edited.ret == pytest.ExitCode.USAGE_ERROR
    edited.stderr.fnmatch_lines(["ERROR: DG205: the cached template *.sqlite3 was changed*Fix: *--fresh-template"])
    assert mended.ret == pytest.ExitCode.OK


def test_changed_migration_leads_to_a_new_template(shop: pytest.Pytester) -> None:
    """The template is named after the migrations, so that a stale one is never used."""
    shop.makepyfile("import shop\ndef test_names(diglot): assert len(shop.names(diglot.engine)) == 2")

    before = shop.runpytest("--dialect", "sqlite")
    with (shop.path / "sql/002_lines.sql").open("a") as script:
        script.write("INSERT INTO items (name) VALUES ('more');")
    after = shop.runpytest("--dialect", "sqlite")

    before.assert_outcomes(failed=1, deselected=1)
    after.assert_outcomes(passed=1, deselected=1)
