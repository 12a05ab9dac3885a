"""What the code around a call says of its text: an argument of what it is, and whether it runs on SQLite only."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from diglot.checks.statements.found import Span
from diglot.checks.statements.modules import Module

_PREDICATES = frozenset({"where", "filter", "having", "and_", "or_", "not_", "on"})
_ORDERINGS = frozenset({"order_by", "group_by", "asc", "desc", "nulls_first", "nulls_last", "nullsfirst", "nullslast"})
_DEFAULTS = frozenset({"server_default", "server_onupdate"})
_WHERE = frozenset({"postgresql_where", "sqlite_where"})
_CONDITIONS = frozenset({"ddl_if", "execute_if"})
_SQLITE, _POSTGRES = "sqlite", "postgresql"


@dataclass(frozen=True)
class Place:
    """shape: as of `Text`, "" when nothing is said. keyword: the argument. sqlite_only: why it is, or ""."""

    shape: str = ""
    keyword: str = ""
    sqlite_only: str = ""


def place_of(module: Module, call: ast.Call) -> Place:
    """Say what a call is an argument of."""
    node: ast.AST = call
    condition = ""
    for above in module.above(call):
        if isinstance(above, ast.stmt):
            break
        if getattr(above, "attr", "") in _CONDITIONS and _is_for_sqlite(module.parents.get(above)):
            condition = "dialect='sqlite'"
        if isinstance(above, ast.keyword) and above.arg in _DEFAULTS | _WHERE:
            only = "sqlite_where" if above.arg == "sqlite_where" else condition
            return Place("default" if above.arg in _DEFAULTS else "predicate", above.arg or "", only)
        if isinstance(above, ast.Call) and node is not above.func:
            shape = _shape(above)
            if shape:
                return Place(shape, "", condition)
        node = above
    return Place(sqlite_only=condition)


def _shape(call: ast.Call) -> str:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return "predicate" if name in _PREDICATES else "ordering" if name in _ORDERINGS else ""


def _is_for_sqlite(call: ast.AST | None) -> bool:
    if not isinstance(call, ast.Call):
        return False
    values = [*call.args, *(one.value for one in call.keywords if one.arg == "dialect")]
    return any(isinstance(one, ast.Constant) and one.value == _SQLITE for one in values)


def declared_dialect(module: Module, call: Span) -> str:
    """Return the condition under which a call runs, when that is true on SQLite only; else ""."""
    for first, last, condition in _branches_of(module):
        if first <= call.first and call.last <= last:
            return condition
    return ""


@lru_cache(maxsize=64)
def _branches_of(module: Module) -> tuple[tuple[int, int, str], ...]:
    return tuple(_sqlite_branches(module))


def _sqlite_branches(module: Module) -> Iterator[tuple[int, int, str]]:
    """Yield the lines of each branch that a dialect's name is asked for."""
    for node in module.nodes:
        if not isinstance(node, ast.If | ast.IfExp) or not isinstance(node.test, ast.Compare):
            continue
        on_sqlite = _asks(node.test)
        if on_sqlite is None:
            continue
        body: list[ast.AST] = [*node.body] if isinstance(node, ast.If) else [node.body]
        orelse: list[ast.AST] = [*node.orelse] if isinstance(node, ast.If) else [node.orelse]
        branch = body if on_sqlite else orelse
        if branch:
            yield _line(branch[0], "lineno"), _line(branch[-1], "end_lineno"), f"if {ast.unparse(node.test)}"
        if isinstance(node, ast.If) and not on_sqlite and not orelse and isinstance(node.body[-1], ast.Return):
            yield from _after(module, node)


def _after(module: Module, node: ast.If) -> Iterator[tuple[int, int, str]]:
    """Yield what follows `if ... == "postgresql": return`, which is for SQLite then."""
    block = getattr(module.parents.get(node), "body", [])
    following = block[block.index(node) + 1 :] if node in block else []
    if following:
        yield _line(following[0], "lineno"), _line(following[-1], "end_lineno"), f"after if {ast.unparse(node.test)}"


def _asks(test: ast.Compare) -> bool | None:
    """Return whether a comparison is true on SQLite; None when it does not ask for a dialect, or not just that."""
    if len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq | ast.NotEq):
        return None
    sides = [test.left, test.comparators[0]]
    names = [one.value for one in sides if isinstance(one, ast.Constant)]
    asked = [ast.unparse(one) for one in sides if not isinstance(one, ast.Constant)]
    if len(names) != 1 or names[0] not in {_SQLITE, _POSTGRES} or "dialect" not in asked[0].lower():
        return None
    return (names[0] == _SQLITE) == isinstance(test.ops[0], ast.Eq)


def _line(node: ast.AST, which: str) -> int:
    return int(getattr(node, which, 0) or 0)
