"""`diglot check locks`: what keeps others out of a table in use is found, and nothing that is harmless."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from diglot.checks.finding import Finding
from diglot.checks.locks import squawk
from diglot.checks.locks.rules import RULES
from diglot.checks.locks.script import Script, script_of
from diglot.checks.locks.squawk import run_squawk
from diglot.checks.suite import locks
from diglot.checks.workbench import Workbench
from diglot.errors.locks import SquawkFailed, SquawkMissing
from diglot.errors.migrations import ChainBroken
from diglot.migrate.chain import OfflineStatement
from diglot.settings import MigrationSource, Settings
from tests.diglot.checks.alembic_projects import AlembicProject

TABLE = "CREATE TABLE t (id bigint, c varchar(20) NOT NULL, n numeric(10, 2), e text)"
NOT_NULL = "ALTER TABLE t ALTER COLUMN e SET NOT NULL"
PROOF = "ALTER TABLE t ADD CONSTRAINT e_given CHECK (e IS NOT NULL) NOT VALID"
VALIDATED = "ALTER TABLE t VALIDATE CONSTRAINT e_given"

OTHERS = """
    op.create_table("t", sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("c", sa.String(20)))
    op.create_index("t_c", "t", ["c"])
"""
PLANTED = """
    op.execute("SELECT 1")
    op.create_index("t_c2", "t", ["c"])
    with op.get_context().autocommit_block():
        op.create_index("t_c3", "t", ["c"], postgresql_concurrently=True)
"""


def revision(name: str, *statements: str) -> Script:
    """A revision's upgrade as Alembic writes it, each statement on a line of its own from 10 on."""
    calls = [OfflineStatement(sql, name, f"{name}.py", 10 + number) for number, sql in enumerate(statements)]
    own = [OfflineStatement(f"UPDATE alembic_version SET version_num='{name}'", name, f"{name}.py", 0)]
    begin, commit = (OfflineStatement(word, "", "", 0) for word in ("BEGIN", "COMMIT"))
    return script_of(name, [begin, *calls, *own, commit])


def found(*scripts: Script) -> list[Finding]:
    """Judge revisions, the first of which makes the table that the others change."""
    return locks.judge([revision("base", TABLE), *scripts], major=14)[0]


def rules(findings: list[Finding]) -> list[str]:
    """Return the findings' rules."""
    return [one.kind.removeprefix("locks.") for one in findings]


def bench(project: AlembicProject) -> Workbench:
    """A workbench without a server: this check needs none."""
    return Workbench(project.settings(), lambda: pytest.fail("a server was started"))


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("CREATE INDEX i ON t (c)", "require-concurrent-index-creation"),
        ("DROP INDEX i", "require-concurrent-index-deletion"),
        ("REINDEX TABLE t", "require-concurrent-reindex"),
        ("ALTER TABLE t DETACH PARTITION p", "require-concurrent-partition-detach"),
        ("ALTER TABLE t ADD CONSTRAINT k CHECK (id > 0)", "constraint-missing-not-valid"),
        ("ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES o (id)", "adding-foreign-key-constraint"),
        ("ALTER TABLE t ADD CONSTRAINT k UNIQUE (c)", "disallowed-unique-constraint"),
        ("ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (id)", "adding-serial-primary-key-field"),
        (NOT_NULL, "adding-not-nullable-field"),
        ("ALTER TABLE t ALTER COLUMN id TYPE text", "changing-column-type"),
        ("ALTER TABLE t ADD COLUMN u uuid DEFAULT gen_random_uuid()", "adding-field-with-default"),
        ("ALTER TABLE t ADD COLUMN u bigint GENERATED ALWAYS AS (id * 2) STORED", "adding-field-with-default"),
        ("ALTER TABLE t ADD COLUMN u bigint NOT NULL", "adding-required-field"),
        ("ALTER DOMAIN d ADD CONSTRAINT k CHECK (value > 0)", "ban-alter-domain-with-add-constraint"),
        ("CREATE INDEX CONCURRENTLY i ON t (c)", "ban-concurrent-index-creation-in-transaction"),
        ("ALTER TABLE t RENAME COLUMN c TO d", "renaming-column"),
        ("ALTER TABLE t RENAME TO tt", "renaming-table"),
        ("ALTER TABLE t DROP COLUMN c", "ban-drop-column"),
        ("DROP TABLE t", "ban-drop-table"),
    ],
)
def test_locks_reports_one_finding_for_a_dangerous_statement(sql: str, rule: str) -> None:
    """A statement that keeps others out of a table in use is one finding, with statement, place and fix."""
    (finding,) = found(revision("next", "SELECT 1", sql))

    assert rules([finding]) == [rule]
    assert dict(finding.facts)["sql"] == sql
    assert finding.site == "next.py:11"
    assert finding.fix.startswith(RULES[rule].fix)


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE t ADD COLUMN x text",
        "ALTER TABLE t ADD COLUMN x timestamptz DEFAULT now() NOT NULL",
        "ALTER TABLE t ADD COLUMN x bigint GENERATED ALWAYS AS (id * 2) VIRTUAL",
        "ALTER TABLE t ADD CONSTRAINT k CHECK (id > 0) NOT VALID",
        "ALTER TABLE t ALTER COLUMN c TYPE varchar(40)",
        "ALTER TABLE t ALTER COLUMN c TYPE text, ALTER COLUMN n TYPE numeric(12, 2)",
        "ALTER TABLE public.t ALTER c SET DATA TYPE text",
        "ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX i",
        "COMMIT; CREATE INDEX CONCURRENTLY i ON t (c); DROP INDEX CONCURRENTLY j; BEGIN",
        "CREATE TABLE s (id int, name varchar(9), at timestamp, code char(3))",
        "INSERT INTO t (id, c) VALUES (1, 'CREATE INDEX i ON t (c); DROP TABLE t')",
    ],
)
def test_locks_is_silent_about_a_harmless_statement(sql: str) -> None:
    """What rewrites nothing, reads nothing and breaks nobody is no finding; neither is a matter of style."""
    assert found(revision("next", sql)) == []


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE t ALTER COLUMN c TYPE varchar(10)",
        "ALTER TABLE t ALTER COLUMN n TYPE numeric(12, 4)",
        "ALTER TABLE t ALTER COLUMN c TYPE text USING lower(c)",
        "ALTER TABLE t ALTER COLUMN c TYPE text, ALTER COLUMN id TYPE integer",
        "ALTER TABLE t ALTER COLUMN unknown TYPE text",
    ],
)
def test_locks_reports_a_type_that_is_not_only_widened(sql: str) -> None:
    """A change of type is harmless only when every changed column is known to be widened."""
    assert rules(found(revision("next", sql))) == ["changing-column-type"]


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE s ALTER COLUMN a TYPE boolean",
        "ALTER TABLE s ALTER COLUMN b TYPE double precision, ALTER COLUMN d TYPE float(20)",
        "ALTER TABLE s ALTER COLUMN a SET NOT NULL",
        "ALTER TABLE s ALTER COLUMN b SET NOT NULL, ALTER COLUMN e SET NOT NULL",
    ],
)
def test_locks_is_silent_about_what_changes_nothing(sql: str) -> None:
    """The type that a column has, by any of its names, and NOT NULL where it is NOT NULL cost nothing."""
    made = "CREATE TABLE s (a bool NOT NULL, b float(53), d real, e serial, PRIMARY KEY (b))"

    assert found(revision("made", made), revision("next", sql)) == []


@pytest.mark.parametrize(
    ("between", "sql", "rule"),
    [
        ("ALTER TABLE s ALTER COLUMN a DROP NOT NULL", "a SET NOT NULL", "adding-not-nullable-field"),
        ("SELECT 1", "n SET NOT NULL", "adding-not-nullable-field"),
        ("SELECT 1", "m SET NOT NULL", "adding-not-nullable-field"),
        ("ALTER TABLE s RENAME a TO c", "a SET NOT NULL", "adding-not-nullable-field"),
        ("DROP TABLE s; CREATE TABLE s (a bool)", "a SET NOT NULL", "adding-not-nullable-field"),
        ("SELECT 1", "n TYPE integer USING n + 1", "changing-column-type"),
        ("SELECT 1", 'm TYPE varchar(20) COLLATE "C"', "changing-column-type"),
        ("ALTER TABLE s ALTER COLUMN n TYPE bigint", "n TYPE integer", "changing-column-type"),
    ],
)
def test_locks_reports_what_is_not_so_any_more(between: str, sql: str, rule: str) -> None:
    """What a column was once does not count: NULL allowed again, another name, another table, another collation."""
    made = "CREATE TABLE s (a bool NOT NULL, n int, m varchar(9) CHECK (m IS NOT NULL))"
    changed = revision("next", f"ALTER TABLE s ALTER COLUMN {sql}")

    assert rules(found(revision("made", made), revision("between", between), changed))[-1:] == [rule]


def test_locks_relies_on_no_table_that_a_revision_without_sql_names() -> None:
    """A revision without SQL may have allowed NULL again in the tables that its source names, and in no others."""
    made = revision("made", "CREATE TABLE s (a bool NOT NULL)")
    changed = revision("next", "ALTER TABLE s ALTER COLUMN a SET NOT NULL")

    assert found(made, changed) == []
    assert found(made, Script("asks", (), "", unwritten='op.drop_index("ix", "t")'), changed) == []
    assert rules(found(made, Script("asks", (), "", unwritten='alter("s", "a")'), changed)) == [
        "adding-not-nullable-field"
    ]


def test_locks_leaves_out_what_the_same_revision_creates() -> None:
    """Nobody uses a table, view or index before the revision that creates it has ended."""
    new = revision(
        "next",
        "CREATE TABLE IF NOT EXISTS fresh (id int)",
        "CREATE INDEX fresh_id ON fresh (id)",
        "ALTER TABLE public.fresh ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES t (id)",
        "DROP INDEX fresh_id",
        'CREATE MATERIALIZED VIEW "Seen" AS SELECT 1 AS a',
        'CREATE INDEX seen_a ON "Seen" (a)',
        "ALTER TABLE fresh RENAME TO renamed",
        "CREATE INDEX renamed_id ON renamed (id)",
    )

    assert found(new) == []
    assert rules(found(new, revision("later", "CREATE INDEX i ON renamed (id)"))) == [
        "require-concurrent-index-creation"
    ]


def test_locks_reports_what_fails_on_a_new_table_too() -> None:
    """CONCURRENTLY in a transaction is an error whatever the table."""
    new = revision("next", "CREATE TABLE fresh (id int)", "CREATE INDEX CONCURRENTLY i ON fresh (id)")

    assert rules(found(new)) == ["ban-concurrent-index-creation-in-transaction"]


def test_locks_reads_a_function_with_statements_inside() -> None:
    """The semicolons of a body end no statement for squawk: it is read, and what follows is judged."""
    body = "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END"

    findings, unread = locks.judge([revision("base", TABLE), revision("next", body, "DROP INDEX i")], major=14)

    assert [one.site for one in findings] == ["next.py:11"]
    assert unread == []


def test_locks_reports_the_old_table_of_a_recreated_one() -> None:
    """A table that is dropped to make room for its copy was in use, although its name is new afterwards."""
    batch = revision(
        "next",
        "CREATE TABLE _alembic_tmp_t (id bigint)",
        "INSERT INTO _alembic_tmp_t SELECT id FROM t",
        "DROP TABLE t",
        "ALTER TABLE _alembic_tmp_t RENAME TO t",
        "CREATE INDEX t_id ON t (id)",
    )

    assert rules(found(batch)) == ["ban-drop-table"]


def test_locks_follows_its_own_advice_across_revisions() -> None:
    """SET NOT NULL is harmless after an earlier revision validated a CHECK that says so, and only then."""
    proven = found(revision("a", PROOF), revision("b", VALIDATED), revision("c", NOT_NULL))
    unproven = found(revision("a", PROOF), revision("c", NOT_NULL))
    gone = found(
        revision("a", PROOF),
        revision("b", VALIDATED),
        revision("c", "ALTER TABLE t DROP CONSTRAINT e_given"),
        revision("d", NOT_NULL),
    )

    assert proven == []
    assert rules(unproven) == ["adding-not-nullable-field"]
    assert rules(gone) == ["adding-not-nullable-field"]


def test_locks_reports_a_proof_that_is_validated_at_once() -> None:
    """NOT VALID helps nobody when the same transaction validates."""
    assert rules(found(revision("a", PROOF, VALIDATED))) == ["constraint-missing-not-valid"]


def test_locks_asks_for_a_time_limit_where_there_is_none() -> None:
    """The fix of a lock asks for lock_timeout, unless the revision sets it; that of an error does not."""
    (without,) = found(revision("a", "DROP INDEX i"))
    (limited,) = found(revision("a", "SET LOCAL lock_timeout = '3s'", "DROP INDEX i"))
    (no_lock,) = found(revision("a", "ALTER TABLE t DROP COLUMN c"))

    assert "lock_timeout" in without.fix
    assert "lock_timeout" not in limited.fix
    assert "lock_timeout" not in no_lock.fix


def test_locks_takes_a_text_with_several_statements_apart() -> None:
    """Each statement of one text is judged and shown alone; a comment can silence nothing."""
    text = "CREATE INDEX i ON t (c);\n-- squawk-ignore require-concurrent-index-deletion\nDROP INDEX j; -- ; \n"

    findings = found(revision("next", text))

    assert [(one.subject, dict(one.facts)["sql"], one.site) for one in findings] == [
        ("revision next, table t", "create index i on t (c)", "next.py:10"),
        ("revision next, index j", "drop index j", "next.py:10"),
    ]


def test_locks_judges_the_rest_of_a_revision_with_an_unreadable_statement() -> None:
    """A statement that squawk cannot read is named, and hides no other one."""
    strange = revision("next", "NO SUCH STATEMENT", "DROP INDEX i", "NONE AT ALL", "DROP INDEX j")

    findings, unread = locks.judge([revision("base", TABLE), strange], major=14)

    assert [one.site for one in findings] == ["next.py:11", "next.py:13"]
    assert unread == [
        "revision next, next.py:10: squawk cannot read this statement: NO SUCH STATEMENT",
        "revision next, next.py:12: squawk cannot read this statement: NONE AT ALL",
    ]


def test_locks_keys_do_not_depend_on_squawks_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """An accepted finding stays accepted when a newer squawk words its message differently."""
    script = revision("next", "DROP INDEX i")
    (before,) = found(script)
    monkeypatch.setattr(squawk.Reported, "__init__", _other_words(squawk.Reported.__init__))

    (after,) = found(script)

    assert dict(after.facts)["squawk"] == "other words"
    assert after.key == before.key


def test_locks_knows_every_rule_by_the_name_that_squawk_gives_it(tmp_path: Path) -> None:
    """A rule that squawk does not have is an error of ours: each listed one is accepted by `--include`."""
    (tmp_path / "a.sql").write_text("SELECT 1;\n", encoding="utf-8")
    includes = [argument for name in RULES for argument in ("--include", name)]

    ended = subprocess.run(
        [squawk.find_squawk(), *includes, "a.sql"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert "invalid rule name" not in ended.stderr
    assert ended.returncode in {0, 1}


def test_locks_reads_a_projects_chain_without_a_server(tmp_path: Path) -> None:
    """From revision file to finding: the place is the call's line, and autocommit blocks are outside transactions."""
    project = AlembicProject(tmp_path)
    project.add("a", None, OTHERS)
    project.add("b", "a", PLANTED)
    opened = bench(project)

    outcome = locks.run(opened)
    opened.close()

    assert rules(list(outcome.findings)) == ["require-concurrent-index-creation"]
    assert outcome.findings[0].site == "migrations/versions/b_make.py:12"
    assert outcome.looked_at == (("revisions", "2"), ("statements", "5"))
    assert outcome.not_done == ()


def test_locks_says_which_revisions_cannot_be_read_offline(tmp_path: Path) -> None:
    """A revision that asks the database is named with its place; the others are judged."""
    project = AlembicProject(tmp_path)
    project.add("a", None, OTHERS)
    project.add("b", "a", 'op.get_bind().execute(sa.text("SELECT 1")).scalar_one()')
    project.add("c", "b", 'op.drop_index("t_c")')
    opened = bench(project)

    outcome = locks.run(opened)
    opened.close()

    assert rules(list(outcome.findings)) == ["require-concurrent-index-deletion"]
    place = "migrations/versions/b_make.py:11"
    assert outcome.not_done == (f"revision b asks a database, which offline there is not: {place}",)
    assert outcome.looked_at[0] == ("revisions", "2")


def test_locks_says_why_a_revision_writes_no_sql(tmp_path: Path) -> None:
    """An error that is no question to a database is told as it is."""
    project = AlembicProject(tmp_path)
    project.add("a", None, "[].missing")
    opened = bench(project)

    outcome = locks.run(opened)
    opened.close()

    assert outcome.not_done[0].startswith("revision a writes no SQL offline: migrations/versions/a_make.py:11: Attr")


def test_locks_says_once_that_an_environment_writes_no_sql(tmp_path: Path) -> None:
    """An env.py without offline support is one reason, not one for each revision, and no failure."""
    project = AlembicProject(tmp_path)
    project.env("raise SystemExit('online only') if __import__('alembic').context.is_offline_mode() else None")
    project.add("a", None, OTHERS)
    project.add("b", "a", PLANTED)
    opened = bench(project)

    outcome = locks.run(opened)
    opened.close()

    assert (outcome.findings, outcome.looked_at) == ((), ())
    assert len(outcome.not_done) == 1
    assert outcome.not_done[0].startswith("env.py writes no SQL offline: ")


def test_locks_of_an_environment_that_does_not_run_could_not_run(tmp_path: Path) -> None:
    """An env.py whose import fails is an error: nothing is known of any revision's locks."""
    project = AlembicProject(tmp_path)
    project.env("import nowhere_to_be_found")
    project.add("a", None, OTHERS)
    opened = bench(project)

    with pytest.raises(ChainBroken, match="No module named 'nowhere_to_be_found'"):
        locks.run(opened)
    opened.close()


def test_locks_has_nothing_to_read_without_alembic(tmp_path: Path) -> None:
    """A schema that scripts make has no revisions: it is said, and is no failure."""
    settings = Settings(tmp_path, migrations={"postgresql": MigrationSource("scripts", "sql")})

    outcome = locks.run(Workbench(settings, lambda: pytest.fail("a server was started")))

    assert outcome.findings == ()
    assert outcome.not_done == ("the schema is made by sql, and only Alembic has revisions to read",)


def test_locks_without_squawk_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither beside Python nor on PATH: the error names both places and the extra."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SquawkMissing, match=r"no squawk in .* nor on PATH\. Fix: pip install 'diglot\[checks\]'"):
        run_squawk(["SELECT 1;"], major=14)


def test_locks_finds_squawk_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A squawk that is not beside Python is found on PATH."""
    program = tmp_path / "squawk"
    program.write_text("", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "elsewhere" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))

    assert squawk.find_squawk() == str(program)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("echo broken >&2; exit 3", "it ended with 3 and said: broken"),
        ("echo not json", "its JSON is not what is known of it"),
        ('echo \'[{"file": "000000.sql"}]\'', "its JSON is not what is known of it"),
    ],
)
def test_locks_with_a_squawk_that_fails_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, said: str
) -> None:
    """A squawk that ends oddly, or reports in an unknown form, is an error and never a clean result."""
    program = tmp_path / "squawk"
    program.write_text(f"#!{shutil.which('sh')}\n{body}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    with pytest.raises(SquawkFailed, match=said):
        run_squawk(["SELECT 1;"], major=14)


def _other_words(made: object) -> object:
    """Return a constructor of a report that says something else."""

    def make(self: squawk.Reported, script: int, line: int, rule: str, message: str) -> None:
        made(self, script, line, rule, f"other {'words' if message else ''}")  # type: ignore[operator]

    return make
