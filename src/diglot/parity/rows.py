"""Compare the rows that one statement gave on each dialect: their number, their order, their cells."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from diglot.parity.difference import Difference
from diglot.parity.trace import Row, Statement
from diglot.parity.values import Likeness, Volatile, likeness

_MOST_TO_SORT = 300


def compare_rows(base: Difference, one: Statement, other: Statement, volatile: Volatile) -> Iterator[Difference]:
    """Yield what the two results disagree on: one difference for each column, `rows`, or `order`.

    Rows are n_rows x n_columns, in the order in which they were fetched. Results are compared row by row; when
    that fails, the rows of one are looked for among those of the other, so that another order is told from
    other values.
    """
    left, right = one.rows or (), other.rows or ()
    if one.n_rows != other.n_rows:
        only_left, only_right = _unmatched(left, right, volatile)
        yield replace(
            base,
            kind="rows",
            sqlite_value=only_left[0] if only_left else None,
            postgresql_value=only_right[0] if only_right else None,
        )
        return
    columns = one.columns or ()
    tried = volatile.copy()
    found = list(_cells(base, columns, left, right, tried))
    if not any(difference.kind == "value" for difference in found) or len(left) > _MOST_TO_SORT or len(left) < 2:
        volatile.become(tried)
        yield from found
        return
    yield from _reordered(base, columns, left, right, volatile) or found


def _cells(
    base: Difference, columns: Sequence[str], left: Sequence[Row], right: Sequence[Row], volatile: Volatile
) -> Iterator[Difference]:
    """One difference for each column that has any: its first other value, else its first other type."""
    worst: dict[int, Difference] = {}
    for index, (one, other) in enumerate(zip(left, right, strict=False)):
        for at, (value, counterpart) in enumerate(zip(one, other, strict=False)):
            if type(value) is type(counterpart) and value is counterpart:
                continue
            found = likeness(value, counterpart, volatile)
            if found is Likeness.SAME:
                continue
            kind = "value" if found is Likeness.VALUE else "type"
            before = worst.get(at)
            if before is None or (before.kind == "type" and kind == "value"):
                name = columns[at] if at < len(columns) else str(at)
                worst[at] = replace(
                    base, kind=kind, column=name, row=index, sqlite_value=value, postgresql_value=counterpart
                )
    yield from (worst[at] for at in sorted(worst))


def _reordered(
    base: Difference,
    columns: Sequence[str],
    left: Sequence[Row],
    right: Sequence[Row],
    volatile: Volatile,
) -> list[Difference]:
    """What differs once each row has been looked for among the other's; nothing when that does not help."""
    bad = {at for at in range(len(columns)) if not _same_multiset(left, right, at, volatile)}
    good = [at for at in range(len(columns)) if at not in bad]
    partner = _partners(left, right, good, volatile) if good else None
    if partner is None or partner == list(range(len(left))):
        return []
    first = next(at for at, index in enumerate(partner) if at != index)
    order = replace(base, kind="order", row=first, sqlite_value=left[first], postgresql_value=right[first])
    return [order, *_cells(base, columns, left, [right[index] for index in partner], volatile)]


def _same_multiset(left: Sequence[Row], right: Sequence[Row], at: int, volatile: Volatile) -> bool:
    return _partners(left, right, [at], volatile) is not None


def _partners(
    left: Sequence[Row], right: Sequence[Row], columns: Sequence[int], volatile: Volatile
) -> list[int] | None:
    """Return for each left row the index of a right row that is alike in `columns`, each used once; or None."""
    free = list(range(len(right)))
    partners = []
    for row in left:
        found = next((index for index in free if _rows_alike(row, right[index], columns, volatile)), None)
        if found is None:
            return None
        free.remove(found)
        partners.append(found)
    return partners


def _rows_alike(one: Row, other: Row, columns: Sequence[int], volatile: Volatile) -> bool:
    trial = volatile.copy()
    return all(likeness(one[at], other[at], trial) is not Likeness.VALUE for at in columns)


def _unmatched(left: Sequence[Row], right: Sequence[Row], volatile: Volatile) -> tuple[list[Row], list[Row]]:
    """The rows that only one of the two has."""
    free = list(range(len(right[:_MOST_TO_SORT])))
    alone = []
    for row in left[:_MOST_TO_SORT]:
        columns = range(len(row))
        found = next((index for index in free if _rows_alike(row, right[index], columns, volatile)), None)
        if found is None:
            alone.append(row)
        else:
            free.remove(found)
    return alone, [right[index] for index in free]
