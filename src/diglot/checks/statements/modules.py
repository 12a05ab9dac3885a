"""The project's Python files, parsed: what each imports, and which names it gives constants to."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef


@dataclass(frozen=True)
class Broken:
    """A file that cannot be parsed."""

    path: str
    line: int
    problem: str


@dataclass(eq=False)
class Module:
    """One file. path: as messages name it. name: dotted, as others import it. migration: an Alembic revision."""

    path: str
    name: str
    source: str
    tree: ast.Module
    is_package: bool = False
    migration: bool = False
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    nodes: list[ast.AST] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.nodes.append(self.tree)
        for parent in self.nodes:  # grows while it is gone through
            for child in ast.iter_child_nodes(parent):
                if not isinstance(child, ast.expr_context | ast.operator):
                    self.parents[child] = parent
                    self.nodes.append(child)

    @cached_property
    def imports(self) -> Mapping[str, str]:
        """What each imported name stands for, dotted; wherever in the file it is imported."""
        found: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for one in node.names:
                    top = one.name.partition(".")[0]
                    found[one.asname or top] = one.name if one.asname else top
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                found.update({one.asname or one.name: f"{base}.{one.name}".lstrip(".") for one in node.names})
        return found

    @cached_property
    def assigned(self) -> Mapping[ast.AST, Mapping[str, list[ast.expr | None]]]:
        """What is assigned to each name, by module, class or function; None for what cannot be followed."""
        found: dict[ast.AST, dict[str, list[ast.expr | None]]] = {}
        for node in self.nodes:
            for name, value in _assignments(node):
                found.setdefault(self.owner(node), {}).setdefault(name, []).append(value)
        return found

    def owner(self, node: ast.AST) -> ast.AST:
        """Return the function, class or module in whose scope a node stands."""
        return next((one for one in self.above(node) if isinstance(one, _Definition)), self.tree)

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield what a node stands in, from the inside."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent

    def dotted(self, node: ast.AST) -> str:
        """Return a name or an attribute as a dotted name, with what it was imported as; "" for anything else."""
        if isinstance(node, ast.Name):
            return self.imports.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value)
            return f"{base}.{node.attr}" if base else ""
        return ""

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
        package = package[: len(package) - node.level + 1]
        return ".".join([*package, *([node.module] if node.module else [])])


class Project:
    """All files together, so that a name can be followed into the file that it comes from."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self.modules = tuple(modules)
        self._by_name = {one.name: one for one in self.modules}

    def origin(self, dotted: str) -> str:
        """Follow a dotted name through the project's own modules that only import it; at most a few steps."""
        for _ in range(5):
            module, rest = self._split(dotted)
            if module is None or "." in rest or rest not in module.imports:
                break
            dotted = module.imports[rest]
        return dotted

    def find(self, dotted: str) -> tuple[Module, str] | None:
        """Return the module and the name in it that a dotted name stands for, or None outside of the project."""
        module, rest = self._split(self.origin(dotted))
        return None if module is None or not rest else (module, rest)

    def _split(self, dotted: str) -> tuple[Module | None, str]:
        head = dotted
        while head:
            if head in self._by_name:
                return self._by_name[head], dotted[len(head) + 1 :]
            head = head.rpartition(".")[0]
        return None, dotted


def parse(path: Path, shown: str, name: str, *, migration: bool = False) -> Module | Broken:
    """Read one file."""
    try:
        source = path.read_text(encoding="utf-8-sig")
        tree = ast.parse(source, filename=shown)
    except SyntaxError as error:
        return Broken(shown, error.lineno or 0, error.msg)
    except (OSError, ValueError) as error:
        return Broken(shown, 0, getattr(error, "strerror", None) or str(error))
    return Module(shown, name, source, tree, is_package=path.name == "__init__.py", migration=migration)


def _assignments(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield the names that a node gives a value to, with the value where it can be followed."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _targets(target, node.value)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
        if node.value is not None and isinstance(node.target, ast.Name):
            yield node.target.id, node.value
    elif isinstance(node, ast.AugAssign):
        if isinstance(node.target, ast.Name):
            yield node.target.id, None
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        yield from _loop(node.target, node.iter)
    elif isinstance(node, ast.arg):
        yield node.arg, None
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield from _targets(node.optional_vars, None)


def _targets(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple | ast.List):
        values: list[ast.expr] | list[None] = [None] * len(target.elts)
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
            values = value.elts
        for one, its in zip(target.elts, values, strict=True):
            yield from _targets(one, its)


def _loop(target: ast.expr, values: ast.expr) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield a loop's names; the value is `values[...][index]`, of which folding takes every element."""
    each = ast.Subscript(value=values, slice=ast.Constant(value=...), ctx=ast.Load())
    ast.copy_location(each, values)
    if isinstance(target, ast.Name):
        yield target.id, each
    elif isinstance(target, ast.Tuple | ast.List):
        for index, one in enumerate(target.elts):
            part = ast.Subscript(value=each, slice=ast.Constant(value=index), ctx=ast.Load())
            ast.copy_location(part, values)
            yield from _targets(one, part)
