"""What an expression is made of, once its writing no longer matters: a tree of terms, and what is known of columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from diglot.schema.logical import LogicalType


@dataclass(frozen=True)
class KnownColumn:
    """What an expression may rely on: a column's type, and whether it may be NULL."""

    type: LogicalType
    nullable: bool = True


Columns = Mapping[str, KnownColumn]


@dataclass(frozen=True)
class Term:
    """One node. op: what it does. text: of a leaf. type: what it gives, None when nobody knows."""

    op: str
    args: tuple["Term", ...] = ()
    text: str = ""
    type: LogicalType | None = field(default=None, compare=False)
    nullable: bool = field(default=True, compare=False)

    def __str__(self) -> str:
        """The term in one unambiguous text, which is what two expressions are compared by."""
        inside = ", ".join(map(str, self.args))
        leaf = "'" + self.text.replace("'", "''") + "'" if self.text else ""
        return f"{self.op}{leaf}({inside})" if self.args else f"{self.op}{leaf}"

    @property
    def family(self) -> str:
        """The family of its type, or ""."""
        return self.type.family if self.type is not None else ""

    @property
    def is_number(self) -> bool:
        """Whether it is a number written out."""
        return self.op in {"int", "dec"}

    @property
    def is_text(self) -> bool:
        """Whether it is a string written out."""
        return self.op == "str"


def number(value: Decimal, *, whole: bool) -> Term:
    """Return a number; whole: whether it counts as an integer where that matters, as in a division."""
    shown = value.normalize()
    text = f"{shown:f}" if shown else "0"
    return Term("int" if whole else "dec", text=text, type=LogicalType("integer" if whole else "numeric"))
