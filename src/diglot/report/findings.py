"""Turn what a comparison saw into what a report says: findings with keys, contracts with runs."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from diglot.parity.causes.registry import cause_of
from diglot.parity.codec import JsonObject, encode_event, encode_trace, encode_value
from diglot.parity.compare import follows as follows_of
from diglot.parity.difference import Difference
from diglot.parity.trace import UNKNOWN, Event, Exchange, Half, Statement, Transaction
from diglot.parity.value_codec import plain
from diglot.report.contract import Contract, Finding, Run
from diglot.report.shown import MOST_ROWS, cut_text, cut_value
from diglot.report.summary import summary_of

_INDEX = re.compile(r"\[\d+\]")
_IDENTIFIER = re.compile(r"(?<=/)(?:\d+|[0-9a-fA-F-]{16,}|(?=\w*\d)[\w-]{16,})(?=/|$)")
_DIGEST_BYTES = 4


def contract_of(halves: Sequence[Half], differences: Sequence[Difference], verdict: str) -> Contract:
    """Put together what is known of one contract: its halves, and what was found between any two of them.

    differences: pair after pair, each pair's in the order in which they happened. The trace is kept of a half
    that has no partner here, so that reports of several jobs can be merged.
    """
    first = halves[0]
    paired = len({half.dialect for half in halves}) > 1
    return Contract(
        id=plain(first.contract),
        file=plain(first.file),
        line=first.line,
        verdict=verdict,
        halves=tuple(_run(half, keep_trace=not paired) for half in halves),
        findings=tuple(findings_of(differences)),
    )


def findings_of(differences: Iterable[Difference]) -> Iterator[Finding]:
    """Yield a finding for each difference, and one for those alike; differences are in order, pair after pair."""
    for between, group in groupby(differences, _between):
        pair = list(group)
        seen: set[tuple[str, str, bool]] = set()
        for difference, follows in zip(pair, follows_of(pair), strict=True):
            finding = finding_of(difference, follows=follows, between=between)
            if (finding.key, finding.direction, follows) not in seen:
                seen.add((finding.key, finding.direction, follows))
                yield finding


def finding_of(difference: Difference, *, follows: bool, between: tuple[str, str]) -> Finding:
    """Return what a report says about a difference; between: the majors of SQLite and Postgres."""
    cause = cause_of(difference)
    site = difference.site
    return Finding(
        key=f"{cause.name if cause else difference.kind}:{digest_of(difference)}",
        kind=difference.kind,
        direction=difference.direction,
        cause=cause.name if cause else "",
        summary=plain(summary_of(difference)),
        fix=cause.fix if cause else "",
        site=None if site == UNKNOWN else site,
        between=between,
        column=plain(difference.column),
        path=plain(difference.path),
        row=difference.row,
        sqlite_value=cut_value(encode_value(difference.sqlite_value)),
        postgresql_value=cut_value(encode_value(difference.postgresql_value)),
        sqlite=_cut_event(difference.sqlite),
        postgresql=_cut_event(difference.postgresql),
        follows=follows,
    )


def digest_of(difference: Difference) -> str:
    """Return eight hexadecimal digits that stay the same while lines move and values change."""
    if difference.kind == "outcome":
        half = difference.half("postgresql")
        failures = (difference.failure("sqlite"), difference.failure("postgresql"))
        facts = ["outcome", half.contract if half else "", *(one.name if one else "" for one in failures)]
    else:
        place = difference.column or _INDEX.sub("[]", difference.path)
        facts = [difference.kind, *difference.site.place, _subject(difference), place]
    return hashlib.blake2b("\0".join(facts).encode("utf-8", "replace"), digest_size=_DIGEST_BYTES).hexdigest()


def _subject(difference: Difference) -> str:
    """What the difference is about, in words that are the same on both dialects and in every run."""
    event = difference.postgresql or difference.sqlite
    if isinstance(event, Statement):
        return " ".join(event.neutral.split())
    if isinstance(event, Exchange):
        return f"{event.method} {_IDENTIFIER.sub('{}', event.path.partition('?')[0])}"
    return event.action if isinstance(event, Transaction) else ""


def _between(difference: Difference) -> tuple[str, str]:
    if difference.halves is None:
        return "sqlite", "postgresql"
    return difference.halves[0].major, difference.halves[1].major


def _run(half: Half, *, keep_trace: bool) -> Run:
    events: tuple[Event, ...] = half.trace.events if half.trace else ()
    return Run(
        major=half.major,
        dialect=half.dialect,
        version=half.version,
        outcome=half.outcome,
        phase=half.phase,
        duration_s=half.duration_s,
        statements=sum(isinstance(event, Statement) for event in events),
        failure=half.failure,
        site=None if half.site == UNKNOWN else half.site,
        reason=plain(half.reason),
        trace=encode_trace(half.trace) if keep_trace and half.trace is not None else None,
    )


def _cut_event(event: Event | None) -> JsonObject | None:
    """An event as JSON, with no more rows and text than a reader looks at."""
    if event is None:
        return None
    if isinstance(event, Statement) and event.rows is not None:
        event = replace(event, rows=event.rows[:MOST_ROWS])
    encoded = encode_event(event)
    for name, value in encoded.items():
        if isinstance(value, str):
            encoded[name] = cut_text(value)
    for name in ("parameters", "body", "request_body"):
        if name in encoded:
            encoded[name] = cut_value(encoded[name])
    if encoded.get("rows"):
        encoded["rows"] = [[cut_value(cell) for cell in row] for row in encoded["rows"]]
    if encoded.get("failure"):
        encoded["failure"]["message"] = cut_text(encoded["failure"]["message"])
    return encoded
