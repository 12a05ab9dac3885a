"""What a Python expression says when only constants are known: texts, each with holes where nothing is known.

An expression may say one of several things (`a if x else b`, a loop over constants): each of them is a text.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from typing import Any

from diglot.checks.statements.formats import HOLE_SHOWN, Folded, Hole, format_parts, percent_parts
from diglot.checks.statements.found import Span
from diglot.checks.statements.modules import Module, Project

_MOST_TEXTS = 64
_MOST_STEPS = 24
_SAME_ITEMS = frozenset({"reversed", "sorted", "list", "tuple", "set", "iter"})
_METHODS: dict[str, Callable[..., str]] = {
    "strip": str.strip,
    "lstrip": str.lstrip,
    "rstrip": str.rstrip,
    "lower": str.lower,
    "upper": str.upper,
    "replace": str.replace,
    "removeprefix": str.removeprefix,
    "removesuffix": str.removesuffix,
}
_FUNCTIONS: dict[str, Callable[[str], str]] = {
    "textwrap.dedent": textwrap.dedent,
    "inspect.cleandoc": inspect.cleandoc,
    "str": str,
}


_Elements = list[tuple["Folder", ast.expr]]
"""Expressions, each with who can fold it."""


class Folder:
    """Folds the expressions of one module of a project."""

    def __init__(self, project: Project, module: Module, steps: int = 0) -> None:
        self._project, self._module, self._steps = project, module, steps

    def fold(self, node: ast.AST) -> tuple[Folded, ...]:
        """Return every text that an expression may be; one hole when nothing is known."""
        self._steps += 1
        try:
            found = self._fold(node) if self._steps < _MOST_STEPS else None
        finally:
            self._steps -= 1
        return (self._hole(node),) if not found or len(found) > _MOST_TEXTS else tuple(dict.fromkeys(found))

    def items(self, node: ast.AST) -> _Elements | None:
        """Return the elements of a constant sequence, each with who can fold it; None when it is none."""
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            spread = any(isinstance(one, ast.Starred) for one in node.elts)
            return None if spread else [(self, one) for one in node.elts]
        if isinstance(node, ast.Call) and node.args and getattr(node.func, "id", "") in _SAME_ITEMS:
            return self.items(node.args[0])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
            return self._dict_items(node.func)
        if isinstance(node, ast.Dict):
            return [(self, one) for one in node.keys if one is not None]
        if isinstance(node, ast.Subscript):
            return self._first_known([(folder, one) for folder, one in self._subscript(node) or []])
        return self._first_known(self._values(node))

    def _first_known(self, values: Sequence[tuple["Folder", ast.expr]]) -> _Elements | None:
        if len(values) != 1 or self._steps > _MOST_STEPS:
            return None
        folder, value = values[0]
        folder._steps = self._steps + 1
        return folder.items(value)

    def _dict_items(self, called: ast.Attribute) -> _Elements | None:
        mapping = self._mapping(called.value)
        if mapping is None:
            return None
        folder, found = mapping
        pairs = [(key, value) for key, value in zip(found.keys, found.values, strict=True) if key is not None]
        if called.attr == "items":
            return [(folder, ast.copy_location(ast.Tuple([key, value], ast.Load()), value)) for key, value in pairs]
        if called.attr in {"keys", "values"}:
            return [(folder, key if called.attr == "keys" else value) for key, value in pairs]
        return None

    # -- kinds of expressions ------------------------------------------------------------------

    def _fold(self, node: ast.AST) -> list[Folded] | None:
        readers: dict[type[ast.AST], Callable[[Any], list[Folded] | None]] = {
            ast.Constant: self._constant,
            ast.JoinedStr: self._f_string,
            ast.BinOp: self._operation,
            ast.IfExp: self._either,
            ast.BoolOp: self._any_of,
            ast.NamedExpr: lambda one: list(self.fold(one.value)),
            ast.Call: self._call,
            ast.Subscript: lambda one: self._each(self._subscript(one)),
            ast.Name: lambda one: self._each(self._values(one)),
            ast.Attribute: lambda one: self._each(self._values(one)),
        }
        read = readers.get(type(node))
        return None if read is None else read(node)

    def _f_string(self, node: ast.JoinedStr) -> list[Folded] | None:
        return self._joined([self._formatted(part) for part in node.values])

    def _operation(self, node: ast.BinOp) -> list[Folded] | None:
        if isinstance(node.op, ast.Add):
            return self._joined([self.fold(node.left), self.fold(node.right)])
        if isinstance(node.op, ast.Mult):
            return self._joined([self.fold(node.left), (self._hole(node),)])
        return self._percent(node) if isinstance(node.op, ast.Mod) else None

    def _either(self, node: ast.IfExp) -> list[Folded]:
        return [*self.fold(node.body), *self.fold(node.orelse)]

    def _any_of(self, node: ast.BoolOp) -> list[Folded]:
        return [one for value in node.values for one in self.fold(value)]

    def _each(self, values: Sequence[tuple["Folder", ast.expr]] | None) -> list[Folded]:
        found: list[Folded] = []
        for folder, value in values or ():
            folder._steps = max(folder._steps, self._steps)
            found += folder.fold(value)
        return found

    def _constant(self, node: ast.Constant) -> list[Folded] | None:
        if isinstance(node.value, str | int | float) and not isinstance(node.value, bool):
            return [Folded((str(node.value),), self._span(node))]
        return None

    def _formatted(self, part: ast.expr) -> tuple[Folded, ...]:
        if not isinstance(part, ast.FormattedValue):
            return self.fold(part)
        plain = part.conversion in {-1, ord("s")} and part.format_spec is None
        return self.fold(part.value) if plain else (self._hole(part.value),)

    def _percent(self, node: ast.BinOp) -> list[Folded] | None:
        values: list[tuple[Folded, ...]] | dict[str, tuple[Folded, ...]]
        if isinstance(node.right, ast.Dict):
            keys = [one.value if isinstance(one, ast.Constant) else None for one in node.right.keys]
            values = {str(key): self.fold(value) for key, value in zip(keys, node.right.values, strict=True)}
        elif isinstance(node.right, ast.Tuple):
            values = [self.fold(one) for one in node.right.elts]
        else:
            values = [self.fold(node.right)]
        found: list[Folded] = []
        for left in self.fold(node.left):
            if left.holes:
                return None
            found += self._joined(percent_parts(left, values)) or []
        return found

    def _call(self, node: ast.Call) -> list[Folded] | None:
        function = node.func
        known = _FUNCTIONS.get(self._module.dotted(function))
        if known is not None and len(node.args) == 1:
            return [_changed(one, known) for one in self.fold(node.args[0])]
        if not isinstance(function, ast.Attribute):
            return None
        if function.attr == "join" and len(node.args) == 1:
            return self._join(function.value, node.args[0])
        if function.attr == "format":
            return self._format(function.value, node)
        method = _METHODS.get(function.attr)
        arguments = [self.fold(one) for one in node.args]
        if method is None or any(len(one) != 1 or one[0].holes for one in arguments):
            return None
        given = [one[0].sql for one in arguments]
        return [_changed(one, partial(_applied, method, given)) for one in self.fold(function.value)]

    def _join(self, separator: ast.expr, joined: ast.expr) -> list[Folded] | None:
        items = self.items(joined)
        texts = [folder.fold(one) for folder, one in items] if items is not None else self._each_of(joined)
        between = self.fold(separator)
        row: list[tuple[Folded, ...]] = []
        for one in texts or ():
            row += [between, one] if row else [one]
        return self._joined(row) if texts is not None else None

    def _each_of(self, joined: ast.expr) -> list[tuple[Folded, ...]] | None:
        """Return the texts of a comprehension, or of a list that is repeated; what is not known of it is a hole."""
        if isinstance(joined, ast.BinOp) and isinstance(joined.op, ast.Mult):
            repeated = self.items(joined.left)
            one = [self.fold(joined.left)] if repeated is None else [folder.fold(item) for folder, item in repeated]
            return [*one, (self._hole(joined),)]
        if not isinstance(joined, ast.GeneratorExp | ast.ListComp):
            return None
        texts, values = self.fold(joined.elt), self.items(joined.generators[0].iter)
        simple = len(joined.generators) == 1 and not joined.generators[0].ifs
        if simple and values is not None and len(values) == len(texts) and not any(one.holes for one in texts):
            return [(one,) for one in texts]
        return [texts, (self._hole(joined),)] if any(one.known for one in texts) else None

    def _format(self, pattern: ast.expr, node: ast.Call) -> list[Folded] | None:
        named = {one.arg: self.fold(one.value) for one in node.keywords if one.arg}
        placed = [self.fold(one) for one in node.args]
        found: list[Folded] = []
        for left in self.fold(pattern):
            if left.holes:
                return None
            found += self._joined(format_parts(left, placed, named)) or []
        return found

    def _joined(self, row: Sequence[tuple[Folded, ...]]) -> list[Folded] | None:
        """Return every combination of what the parts may be."""
        count = 1
        for one in row:
            count *= len(one)
        if count > _MOST_TEXTS:
            return None
        return [
            Folded(_merged([part for one in some for part in one.parts]), next((o.at for o in some if o.at), None))
            for some in product(*row)
        ]

    # -- names ---------------------------------------------------------------------------------

    def _subscript(self, node: ast.Subscript) -> _Elements | None:
        """Return the elements that `x[key]` may be: one for a constant key, else all of them."""
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if key is not ... and (mapping := self._mapping(node.value)) is not None:
            folder, found = mapping
            keys = [one.value if isinstance(one, ast.Constant) else None for one in found.keys]
            chosen = [value for name, value in zip(keys, found.values, strict=True) if key is None or name == key]
            return [(folder, value) for value in chosen]
        if isinstance(key, int) and isinstance(node.value, ast.Subscript):
            outer = self._subscript(node.value) or []
            rows = [folder.items(one) for folder, one in outer]
            return [row[key] for row in rows if row is not None and -len(row) <= key < len(row)]
        items = self.items(node.value)
        if items is None or isinstance(key, str):
            return None
        return items[key : key + 1] if isinstance(key, int) and key >= 0 else items

    def _mapping(self, node: ast.expr) -> tuple["Folder", ast.Dict] | None:
        values = [(self, node)] if isinstance(node, ast.Dict) else self._values(node)
        found = [(folder, value) for folder, value in values if isinstance(value, ast.Dict)]
        return found[0] if len(found) == 1 == len(values) else None

    def _values(self, node: ast.AST) -> _Elements:
        """Return what a name may stand for; nothing when any of it cannot be followed."""
        if isinstance(node, ast.Name):
            return self._named(node)
        if not isinstance(node, ast.Attribute):
            return []
        if isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}:
            owner = next((one for one in self._module.above(node) if isinstance(one, ast.ClassDef)), None)
            return self._of(owner, node.attr) if owner is not None else []
        return self._elsewhere(self._module.dotted(node))

    def _named(self, node: ast.Name) -> _Elements:
        inner = self._module.owner(node)
        outer = [one for one in self._module.above(node) if not isinstance(one, ast.ClassDef)]
        for scope in [inner, *outer]:
            if node.id in self._module.assigned.get(scope, {}):
                return self._of(scope, node.id)
        return self._elsewhere(self._module.imports[node.id]) if node.id in self._module.imports else []

    def _elsewhere(self, dotted: str) -> _Elements:
        head, _, rest = dotted.rpartition(".")
        local = self._class(head)
        if local is not None:
            return self._of(local, rest)
        found = self._project.find(dotted)
        if found is None or found[0] is self._module:
            return []
        module, name = found
        other = Folder(self._project, module, self._steps + 1)
        owner, _, attribute = name.rpartition(".")
        scope: ast.AST | None = other._class(owner) if owner else module.tree
        return other._of(scope, attribute) if scope is not None else []

    def _class(self, name: str) -> ast.ClassDef | None:
        body = self._module.tree.body
        return next((one for one in body if isinstance(one, ast.ClassDef) and one.name == name), None)

    def _of(self, scope: ast.AST, name: str) -> _Elements:
        values = self._module.assigned.get(scope, {}).get(name, [])
        known = [value for value in values if value is not None]
        return [(self, value) for value in known] if len(known) == len(values) else []

    def _hole(self, node: ast.AST) -> Folded:
        source = " ".join(ast.unparse(node).split())
        return Folded((Hole(source if len(source) <= HOLE_SHOWN else f"{source[:HOLE_SHOWN]}..."),))

    def _span(self, node: ast.expr) -> Span:
        return Span(self._module.path, node.lineno, node.end_lineno or node.lineno)


def _applied(method: Callable[..., str], given: list[str], text: str) -> str:
    return method(text, *given)


def _changed(one: Folded, change: Callable[[str], Any]) -> Folded:
    """Apply a function of text to what is known, as a whole when everything is."""
    if not one.holes:
        return Folded((change(one.sql),), one.at)
    return one


def _merged(parts: Sequence[str | Hole]) -> tuple[str | Hole, ...]:
    merged: list[str | Hole] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return tuple(merged)
