"""Find the calls that take SQL as text, and read the texts out of them."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from diglot import sqltext
from diglot.checks.statements.branches import elsewhere, sets_up_sqlite
from diglot.checks.statements.columns import column_of, table_of
from diglot.checks.statements.folding import Folder
from diglot.checks.statements.formats import Folded
from diglot.checks.statements.found import Column, Span, Text
from diglot.checks.statements.modules import Module, Project
from diglot.checks.statements.surroundings import place_of
from diglot.parity.traced import encodable

_VERBS = frozenset(
    {
        "abort", "alter", "analyze", "attach", "begin", "call", "checkpoint", "close", "cluster", "comment",
        "commit", "copy", "create", "deallocate", "declare", "delete", "detach", "discard", "do", "drop", "end",
        "execute", "explain", "fetch", "grant", "insert", "listen", "load", "lock", "merge", "move", "notify",
        "pragma", "prepare", "refresh", "reindex", "release", "replace", "reset", "revoke", "rollback",
        "savepoint", "select", "set", "show", "start", "truncate", "unlisten", "update", "vacuum", "values",
        "with",
    }
)  # fmt: skip
_ALONE = frozenset({"abort", "analyze", "begin", "checkpoint", "commit", "rollback", "vacuum"})
_NOT_AFTER_A_VERB = frozenset(
    {"and", "as", "asc", "between", "collate", "desc", "ilike", "in", "is", "like", "not", "nulls", "or"}
)
SCRIPTS = frozenset({"executescript"})

_CURSORS = frozenset({"execute", "executemany"}) | SCRIPTS
_SQLALCHEMY = {
    "text": ("text", "fragment"),
    "literal_column": ("plain", "fragment"),
    "CheckConstraint": ("plain", "predicate"),
    "Computed": ("plain", "fragment"),
    "DDL": ("plain", "statement"),
}
_TAKES_SQL = frozenset({"text", "DDL"})
_DEFAULTS = frozenset({"server_default", "server_onupdate"})
_PREDICATES = frozenset({"postgresql_where", "sqlite_where"})


@dataclass(frozen=True)
class Extracted:
    """Everything that was found in some files. unfolded: texts of which nothing or not all is known."""

    texts: tuple[Text, ...] = ()
    unfolded: tuple[Text, ...] = ()


def extract(project: Project, modules: Iterable[Module]) -> Extracted:
    """Return the texts of these modules, each once for the place where it stands, in the order of files and lines."""
    found = [text for module in modules for text in _Reader(project, module).texts()]
    distinct = list(dict.fromkeys(found))
    return Extracted(
        texts=tuple(one for one in distinct if not one.holes),
        unfolded=tuple(one for one in distinct if one.holes),
    )


def is_statement(sql: str) -> bool:
    """Whether a text is a whole statement, and no part of one; a column may be called `start` or `close`."""
    words = [token.text for token in sqltext.tokens(sql) if token.text != "("][:2]
    is_in_brackets = sqltext.tokens(sql)[:1] != () and sqltext.tokens(sql)[0].text == "("
    first, second = [*words, "", ""][:2]
    if first == "select" or (first == "with" and second):
        return True
    if first not in _VERBS or is_in_brackets:
        return False
    if second in {"", ";"}:
        return first in _ALONE
    following = sqltext.tokens(sql)[1]
    if following.kind == "symbol":
        return following.text == "(" and first == "values"
    return second not in _NOT_AFTER_A_VERB


class _Reader:
    """Reads one module."""

    def __init__(self, project: Project, module: Module) -> None:
        self._project, self._module = project, module
        self._folder = Folder(project, module)

    def texts(self) -> Iterator[Text]:
        """Yield every text, in the order of the calls."""
        calls = [node for node in self._module.nodes if isinstance(node, ast.Call)]
        for call in sorted(calls, key=lambda one: (one.lineno, one.col_offset)):
            yield from self._sink(call)
            yield from self._keywords(call)

    # -- sinks ---------------------------------------------------------------------------------

    def _sink(self, call: ast.Call) -> Iterator[Text]:
        dotted = self._project.origin(self._module.dotted(call.func))
        name = dotted.rpartition(".")[2]
        if dotted.startswith("sqlalchemy.") and name in _SQLALCHEMY:
            yield from self._sqlalchemy(call, name)
        elif dotted == "alembic.op.execute":
            yield from self._read(call, "sqltext", Text("", "text", "statement", "op.execute()", *self._spans(call)))
        elif dotted == "alembic.op.create_check_constraint":
            table = self._constant(call, 1, "table_name")
            found = Text("", "plain", "predicate", "a CHECK", *self._spans(call), Column(table))
            yield from self._read(call, "condition", found, at=2)
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "exec_driver_sql":
            yield from self._read(call, "statement", self._driver(call, "driver"))
        elif isinstance(call.func, ast.Attribute) and call.func.attr in _CURSORS:
            yield from self._cursor(call, call.func.attr)

    def _sqlalchemy(self, call: ast.Call, name: str) -> Iterator[Text]:
        style, shape = _SQLALCHEMY[name]
        place = place_of(self._module, call)
        sink = f"{name}()"
        if name == "CheckConstraint":
            sink = "a CHECK"
        elif name == "Computed":
            place = replace(place, shape="fragment")
        elif place.shape in {"default", "predicate"}:
            sink = f"{place.keyword}={sink}" if place.keyword else sink
        shape = place.shape or shape
        belongs = bool(place.keyword) or name in {"CheckConstraint", "Computed"}
        found = Text("", style, shape, sink, *self._spans(call), self._column(call, shape) if belongs else Column())
        found = replace(found, sqlite_only=place.sqlite_only)
        yield from self._read(call, {"CheckConstraint": "sqltext", "DDL": "statement"}.get(name, "text"), found,
                              whole=name in _TAKES_SQL)  # fmt: skip

    def _cursor(self, call: ast.Call, method: str) -> Iterator[Text]:
        """Read a cursor's own call; a construct of SQLAlchemy is no text, and what is no SQL is not meant for it."""
        found = self._driver(call, "cursor")
        for text in self._read(call, "sql", found, whole=False):
            if is_statement(text.sql):
                yield replace(text, sink=f"{method}()")

    def _driver(self, call: ast.Call, style: str) -> Text:
        sink = "exec_driver_sql()" if style == "driver" else "execute()"
        substitutes = style == "driver" or len(call.args) > 1 or bool(call.keywords)
        found = Text("", style, "statement", sink, *self._spans(call), substitutes=substitutes)
        return replace(found, sqlite_only=self._sqlite_only(call))

    # -- keywords that take a text without text() ----------------------------------------------

    def _keywords(self, call: ast.Call) -> Iterator[Text]:
        for keyword in call.keywords:
            if keyword.arg in _DEFAULTS:
                yield from self._plain(call, keyword, "literal")
            elif keyword.arg in _PREDICATES:
                for one in self._plain(call, keyword, "predicate"):
                    yield replace(one, sqlite_only="sqlite_where") if keyword.arg == "sqlite_where" else one

    def _plain(self, call: ast.Call, keyword: ast.keyword, shape: str) -> Iterator[Text]:
        """Read `server_default="..."`; what is no plain text is another sink's."""
        column = self._column(keyword.value, shape)
        spans = self._spans(call)
        for one in self._folder.fold(keyword.value):
            if one.known:
                only = self._sqlite_only(call)
                found = Text("", "plain", shape, f"{keyword.arg}=", *spans, column, sqlite_only=only)
                yield self._filled(found, one, call)

    # -- reading -------------------------------------------------------------------------------

    def _read(self, call: ast.Call, keyword: str, found: Text, *, at: int = 0, whole: bool = True) -> Iterator[Text]:
        """Yield what an argument may say. whole: an argument of which nothing is known is told as well."""
        argument = next((one.value for one in call.keywords if one.arg == keyword), None)
        if argument is None and len(call.args) > at:
            argument = call.args[at]
        if argument is None or isinstance(argument, ast.Starred):
            return
        is_call = isinstance(argument, ast.Call) and self._is_construct(argument)
        for one in self._folder.fold(argument):
            if one.known or (whole and not is_call):
                yield self._filled(found, one, call)

    def _filled(self, found: Text, one: Folded, call: ast.Call) -> Text:
        only = elsewhere(self._module, found.call.first, found.call.last)
        if not only and one.sql.lstrip().lower().startswith("pragma"):
            only = sets_up_sqlite(self._module, call)
        found = replace(
            found,
            sql=encodable(one.sql),
            holes=one.holes,
            at=one.at or found.at,
            migration=self._module.migration,
            sqlite_only=found.sqlite_only or only,
        )
        if found.shape == "fragment" and found.sink == "text()" and is_statement(one.sql):
            return replace(found, shape="statement")
        if found.sink == "DDL()":
            return _ddl(found)
        return found

    def _is_construct(self, call: ast.Call) -> bool:
        """Whether a call gives a construct of SQLAlchemy, or anything else that is no text."""
        return True if not isinstance(call.func, ast.Attribute) else call.func.attr not in {"format", "join", "strip"}

    def _column(self, node: ast.AST, shape: str) -> Column:
        if shape in {"default", "literal"}:
            return column_of(self._project, self._module, node)
        return Column(table_of(self._project, self._module, node))

    def _constant(self, call: ast.Call, index: int, keyword: str) -> str:
        argument = next((one.value for one in call.keywords if one.arg == keyword), None)
        if argument is None and len(call.args) > index:
            argument = call.args[index]
        folded = self._folder.fold(argument) if argument is not None else ()
        return folded[0].sql if len(folded) == 1 and not folded[0].holes else ""

    def _sqlite_only(self, call: ast.Call) -> str:
        return place_of(self._module, call).sqlite_only

    def _spans(self, call: ast.Call) -> tuple[Span, Span]:
        span = Span(self._module.path, call.lineno, call.end_lineno or call.lineno)
        return span, span


def _ddl(found: Text) -> Text:
    """Read what `DDL` puts into its text: `%(table)s` and its like are not known, and `%%` is one character."""
    words = [one for one in ("table", "schema", "fullname") if f"%({one})s" in found.sql]
    return replace(found, sql=found.sql.replace("%%", "%"), holes=(*found.holes, *words))
