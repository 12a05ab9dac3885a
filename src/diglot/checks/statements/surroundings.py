"""What the code around a call says of its text: an argument of what it is, and whether it runs on SQLite only."""

import ast
from dataclasses import dataclass

from diglot.checks.statements.modules import Module

_PREDICATES = frozenset({"where", "filter", "having", "and_", "or_", "not_", "on"})
_ORDERINGS = frozenset({"order_by", "group_by", "asc", "desc", "nulls_first", "nulls_last", "nullsfirst", "nullslast"})
_DEFAULTS = frozenset({"server_default", "server_onupdate"})
_WHERE = frozenset({"postgresql_where", "sqlite_where"})
_CONDITIONS = frozenset({"ddl_if", "execute_if"})
_SQLITE = "sqlite"


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
