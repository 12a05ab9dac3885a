"""Which lines never run on Postgres, as the code around them says that asks for the dialect.

A condition holds on Postgres, does not, or says nothing of it. Asked for is a name that speaks of a database
(`dialect`, `db_type`, `backend`, ...); a `name` alone may be anybody's.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from diglot.checks.statements.modules import Module

_POSTGRES = frozenset({"postgresql", "postgres"})
_OTHERS = frozenset({"sqlite", "mysql", "mariadb", "mssql", "oracle", "sybase", "db2", "duckdb"})
_ASKED = re.compile(r"dialect|backend|driver|db_?type|database|engine|vendor|db_?kind|\burl\b|_url\b", re.IGNORECASE)
_FLAG = re.compile(r"_*(?:is|on|uses?|using|for)_(\w+)", re.IGNORECASE)
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_PRAGMA_OWNER = re.compile(r"sql_?l?ite|pragma", re.IGNORECASE)

Lines = tuple[int, int, str]
"""First and last line, and the condition under which they run."""


def elsewhere(module: Module, first: int, last: int) -> str:
    """Return the condition under which lines run, when that is never true on Postgres; else ""."""
    for begin, end, condition in _branches_of(module):
        if begin <= first and last <= end:
            return condition
    return ""


def sets_up_sqlite(module: Module, call: ast.Call) -> str:
    """Return the function, or the class around it, that says by its name that it is about SQLite; else ""."""
    for above in module.above(call):
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and _PRAGMA_OWNER.search(
            above.name
        ):
            return f"in {above.name}"
    return ""


@lru_cache(maxsize=64)
def _branches_of(module: Module) -> tuple[Lines, ...]:
    return tuple(_branches(module))


def _branches(module: Module) -> Iterator[Lines]:
    for node in module.nodes:
        if not isinstance(node, ast.If | ast.IfExp):
            continue
        on_postgres = _holds(module, node.test)
        if on_postgres is None:
            continue
        body: Sequence[ast.AST] = node.body if isinstance(node, ast.If) else [node.body]
        orelse: Sequence[ast.AST] = node.orelse if isinstance(node, ast.If) else [node.orelse]
        yield from _lines(orelse if on_postgres else body, f"if {ast.unparse(node.test)}")
        if isinstance(node, ast.If) and on_postgres and not orelse and isinstance(node.body[-1], _ENDS):
            yield from _lines(_following(module, node), f"after if {ast.unparse(node.test)}")


def _lines(nodes: Sequence[ast.AST], condition: str) -> Iterator[Lines]:
    if nodes:
        yield _line(nodes[0], "lineno"), _line(nodes[-1], "end_lineno"), condition


def _following(module: Module, node: ast.If) -> Sequence[ast.AST]:
    """Return what follows in the block, which only runs where the condition does not hold."""
    block = getattr(module.parents.get(node), "body", [])
    return block[block.index(node) + 1 :] if node in block else []


def _holds(module: Module, test: ast.expr) -> bool | None:
    """Return whether a condition is true on Postgres; None when it does not say."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _holds(module, test.operand)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        found = [_holds(module, one) for one in test.values]
        decides = isinstance(test.op, ast.Or)
        return decides if decides in found else (None if None in found else not decides)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _compared(module, test.left, test.ops[0], test.comparators[0])
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Attribute) and test.func.attr == "startswith":
        return _starts(module, test.func.value, test.args)
    return _flagged(test.func if isinstance(test, ast.Call) else test)


def _compared(module: Module, left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool | None:
    if isinstance(op, ast.In | ast.NotIn) and isinstance(right, ast.Tuple | ast.List | ast.Set):
        names = [_dialect(module, one) for one in right.elts]
        known = all(names) and _is_asked(left)
        return (not _POSTGRES.isdisjoint(names)) == isinstance(op, ast.In) if known else None
    if isinstance(op, ast.In | ast.NotIn):
        name = _dialect(module, left)  # "sqlite" in url
        return (name in _POSTGRES) == isinstance(op, ast.In) if name and _is_asked(right) else None
    if not isinstance(op, ast.Eq | ast.NotEq):
        return None
    for asked, other in ((left, right), (right, left)):
        name = _dialect(module, other)
        if name and _is_asked(asked):
            return (name in _POSTGRES) == isinstance(op, ast.Eq)
    return None


def _starts(module: Module, asked: ast.expr, values: Sequence[ast.expr]) -> bool | None:
    """Read `url.startswith("sqlite:///")`."""
    name = _dialect(module, values[0]) if len(values) == 1 and _is_asked(asked) else ""
    return name in _POSTGRES if name else None


def _flagged(node: ast.expr) -> bool | None:
    """Read `is_sqlite`, `self.is_sqlite`, `is_sqlite(engine)`."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    found = _FLAG.fullmatch(name)
    named = found[1].lower() if found else ""
    return named in _POSTGRES if named in _POSTGRES | _OTHERS else None


def _dialect(module: Module, node: ast.expr) -> str:
    """Return the dialect that a constant names, or a name of the module's that stands for one; else ""."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        name = re.split(r"[+:]", node.value.lower(), maxsplit=1)[0]
        return name if name in _POSTGRES | _OTHERS else ""
    if isinstance(node, ast.Name | ast.Attribute):
        name = module.dotted(node).rpartition(".")[2]
        if name.isupper() and name.lower() in _POSTGRES | _OTHERS:
            return name.lower()
    return ""


def _is_asked(node: ast.expr) -> bool:
    """Whether a value speaks of a database."""
    return _ASKED.search(ast.unparse(node)) is not None


def _line(node: ast.AST, which: str) -> int:
    return int(getattr(node, which, 0) or 0)
