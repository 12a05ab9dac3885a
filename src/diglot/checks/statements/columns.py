"""Tell which table, and which column of which type, a call in the source belongs to."""

import ast
from typing import Any

import sqlalchemy
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeEngine

from diglot.checks.statements.folding import Folder
from diglot.checks.statements.found import Column
from diglot.checks.statements.modules import Module, Project

_COLUMNS = frozenset({"Column", "mapped_column"})
_TABLES = {"Table": 0, "create_table": 0, "add_column": 0, "alter_column": 0}
_MAPPED: dict[str, type[TypeEngine[Any]]] = {
    "bool": sqlalchemy.Boolean,
    "int": sqlalchemy.Integer,
    "float": sqlalchemy.Float,
    "str": sqlalchemy.String,
    "bytes": sqlalchemy.LargeBinary,
    "datetime.datetime": sqlalchemy.DateTime,
    "datetime.date": sqlalchemy.Date,
    "decimal.Decimal": sqlalchemy.Numeric,
    "uuid.UUID": sqlalchemy.Uuid,
}
_DIALECT: Dialect = PGDialect()  # type: ignore[no-untyped-call]


def table_of(project: Project, module: Module, node: ast.AST) -> str:
    """Return the name of the table that a node stands in the definition of, or ""."""
    folder = Folder(project, module)
    for above in [node, *module.above(node)]:
        if isinstance(above, ast.Call):
            name = project.origin(module.dotted(above.func)).rpartition(".")[2]
            index = _TABLES.get(name)
            if index is not None and len(above.args) > index:
                return _text(folder, above.args[index])
        if isinstance(above, ast.ClassDef):
            named = module.assigned.get(above, {}).get("__tablename__", [])
            return _text(folder, named[0]) if len(named) == 1 and named[0] is not None else ""
    return ""


def column_of(project: Project, module: Module, node: ast.AST) -> Column:
    """Return the column whose definition a node stands in, with its type as Postgres writes it."""
    table = table_of(project, module, node)
    for above in module.above(node):
        if not isinstance(above, ast.Call):
            continue
        called = project.origin(module.dotted(above.func)).rpartition(".")[2]
        if called == "alter_column" and len(above.args) > 1:
            return Column(table, _text(Folder(project, module), above.args[1]))
        if called in _COLUMNS:
            name, mapped = _name_and_annotation(project, module, above)
            named = [one.value for one in above.keywords if one.arg == "type_"]
            kinds = [_type(module, one) for one in [*above.args, *named]]
            kind = next((one for one in kinds if one is not None), None) or _mapped(module, mapped)
            return Column(table, name, _compiled(kind))
    return Column(table)


def _name_and_annotation(project: Project, module: Module, call: ast.Call) -> tuple[str, ast.expr | None]:
    statement = module.parents.get(call)
    annotation = statement.annotation if isinstance(statement, ast.AnnAssign) else None
    if call.args and isinstance(call.args[0], ast.Constant | ast.Name):
        name = _text(Folder(project, module), call.args[0])
        if name:
            return name, annotation
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id, annotation
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id, annotation
    return "", annotation


def _type(module: Module, node: ast.expr) -> TypeEngine[Any] | None:
    """Return SQLAlchemy's own type that an expression makes, when it does so with constants."""
    arguments: list[Any] = []
    named: dict[str, Any] = {}
    if isinstance(node, ast.Call):
        try:
            arguments = [ast.literal_eval(one) for one in node.args]
            named = {str(one.arg): ast.literal_eval(one.value) for one in node.keywords}
        except ValueError:
            return None
        node = node.func
    dotted = module.dotted(node)
    kind = getattr(sqlalchemy, dotted.rpartition(".")[2], None) if dotted.startswith("sqlalchemy.") else None
    if not isinstance(kind, type) or not issubclass(kind, TypeEngine):
        return None
    try:
        return kind(*arguments, **named)
    except TypeError:
        return None


def _mapped(module: Module, annotation: ast.expr | None) -> TypeEngine[Any] | None:
    """Return the type that SQLAlchemy takes for `Mapped[bool]`."""
    if not isinstance(annotation, ast.Subscript):
        return None
    inner: ast.expr = annotation.slice
    if isinstance(inner, ast.BinOp):
        inner = inner.left
    kind = _MAPPED.get(module.dotted(inner))
    return None if kind is None else kind()


def _compiled(kind: TypeEngine[Any] | None) -> str:
    if kind is None:
        return ""
    try:
        return kind.compile(dialect=_DIALECT)
    except SQLAlchemyError:
        return ""


def _text(folder: Folder, node: ast.AST) -> str:
    folded = folder.fold(node)
    return folded[0].sql if len(folded) == 1 and not folded[0].holes else ""
