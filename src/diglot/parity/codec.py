"""Events, traces and halves as plain JSON and back, without loss.

Their texts must be such that UTF-8 can hold them: a lone surrogate in SQL or in a message becomes its escape.
"""

from collections.abc import Callable
from typing import Any

from diglot.parity.trace import UNKNOWN, Event, Exchange, Failure, Half, Site, Statement, Trace, Transaction
from diglot.parity.value_codec import JsonObject, Opaque, decode_value, encode_row, encode_value, plain

__all__ = [
    "JsonObject",
    "Opaque",
    "decode_event",
    "decode_half",
    "decode_trace",
    "decode_value",
    "encode_event",
    "encode_half",
    "encode_trace",
    "encode_value",
]


def encode_event(event: Event) -> JsonObject:
    """Return an event as JSON; its member `event` says which kind it is."""
    return _EVENT_ENCODERS[type(event)](event)


def decode_event(encoded: JsonObject) -> Event:
    """Return the event that `encode_event` was given."""
    return _EVENT_DECODERS[encoded["event"]](encoded)


def encode_trace(trace: Trace) -> JsonObject:
    """Return a trace as JSON."""
    return {
        "dialect": trace.dialect,
        "began_at": trace.began_at,
        "duration_s": trace.duration_s,
        "concurrent": trace.concurrent,
        "events": [_EVENT_ENCODERS[type(event)](event) for event in trace.events],
    }


def decode_trace(encoded: JsonObject) -> Trace:
    """Return the trace that `encode_trace` was given."""
    return Trace(
        dialect=encoded["dialect"],
        events=tuple(_EVENT_DECODERS[event["event"]](event) for event in encoded["events"]),
        began_at=encoded["began_at"],
        duration_s=encoded["duration_s"],
        concurrent=encoded["concurrent"],
    )


def encode_half(half: Half) -> JsonObject:
    """Return one run of a contract as JSON, with its trace."""
    trace = half.trace
    return {
        "contract": plain(half.contract),
        "file": plain(half.file),
        "line": half.line,
        "major": half.major,
        "dialect": half.dialect,
        "version": half.version,
        "outcome": half.outcome,
        "phase": half.phase,
        "duration_s": half.duration_s,
        "statements": 0 if trace is None else sum(type(event) is Statement for event in trace.events),
        "failure": encode_failure(half.failure),
        "site": None if half.site == UNKNOWN else encode_site(half.site),
        "reason": plain(half.reason),
        "trace": None if trace is None else encode_trace(trace),
    }


def decode_half(encoded: JsonObject) -> Half:
    """Return the half that `encode_half` was given."""
    return Half(
        contract=encoded["contract"],
        dialect=encoded["dialect"],
        version=encoded["version"],
        outcome=encoded["outcome"],
        file=encoded["file"],
        line=encoded["line"],
        duration_s=encoded["duration_s"],
        phase=encoded["phase"],
        failure=decode_failure(encoded["failure"]),
        site=UNKNOWN if encoded["site"] is None else decode_site(encoded["site"]),
        reason=encoded["reason"],
        trace=None if encoded["trace"] is None else decode_trace(encoded["trace"]),
    )


def encode_site(site: Site) -> JsonObject:
    """Return a line of the application as JSON."""
    return {"file": plain(site.file), "line": site.line, "function": plain(site.function)}


def decode_site(encoded: JsonObject) -> Site:
    """Return the line of the application that `encode_site` was given."""
    return Site(encoded["file"], encoded["line"], encoded["function"])


def encode_failure(failure: Failure | None) -> JsonObject | None:
    """Return an exception's words as JSON, or None for none."""
    if failure is None:
        return None
    return {
        "name": plain(failure.name),
        "driver": plain(failure.driver),
        "code": plain(failure.code),
        "message": plain(failure.message),
    }


def decode_failure(encoded: JsonObject | None) -> Failure | None:
    """Return the exception's words that `encode_failure` was given."""
    if encoded is None:
        return None
    return Failure(encoded["name"], encoded["message"], encoded["driver"], encoded["code"])


# -- events ----------------------------------------------------------------------------------------


def _encode_statement(event: Statement) -> JsonObject:
    columns, rows = event.columns, event.rows
    return {
        "event": "statement",
        "sql": plain(event.sql),
        "neutral": plain(event.neutral),
        "parameters": encode_value(event.parameters),
        "many": event.many,
        "rowcount": event.rowcount,
        "columns": None if columns is None else [plain(name) for name in columns],
        "rows": None if rows is None else [encode_row(row) for row in rows],
        "n_rows": event.n_rows,
        "failure": encode_failure(event.failure),
        "site": encode_site(event.site),
        "duration_s": event.duration_s,
        "raw": event.raw,
    }


def _decode_statement(encoded: JsonObject) -> Statement:
    columns, rows = encoded["columns"], encoded["rows"]
    return Statement(
        sql=encoded["sql"],
        neutral=encoded["neutral"],
        parameters=decode_value(encoded["parameters"]),
        site=decode_site(encoded["site"]),
        many=encoded["many"],
        rowcount=encoded["rowcount"],
        columns=None if columns is None else tuple(columns),
        rows=None if rows is None else tuple(tuple(map(decode_value, row)) for row in rows),
        n_rows=encoded["n_rows"],
        failure=decode_failure(encoded["failure"]),
        duration_s=encoded["duration_s"],
        raw=encoded["raw"],
    )


def _encode_transaction(event: Transaction) -> JsonObject:
    failed = None if event.failed is None else plain(event.failed)
    return {"event": "transaction", "action": event.action, "site": encode_site(event.site), "failed": failed}


def _decode_transaction(encoded: JsonObject) -> Transaction:
    return Transaction(encoded["action"], decode_site(encoded["site"]), encoded["failed"])


def _encode_exchange(event: Exchange) -> JsonObject:
    return {
        "event": "exchange",
        "method": plain(event.method),
        "path": plain(event.path),
        "status": event.status,
        "content_type": plain(event.content_type),
        "body": encode_value(event.body),
        "request_body": encode_value(event.request_body),
        "site": encode_site(event.site),
    }


def _decode_exchange(encoded: JsonObject) -> Exchange:
    return Exchange(
        method=encoded["method"],
        path=encoded["path"],
        status=encoded["status"],
        site=decode_site(encoded["site"]),
        content_type=encoded["content_type"],
        body=decode_value(encoded["body"]),
        request_body=decode_value(encoded["request_body"]),
    )


_EVENT_ENCODERS: dict[type, Callable[[Any], JsonObject]] = {
    Statement: _encode_statement,
    Transaction: _encode_transaction,
    Exchange: _encode_exchange,
}
_EVENT_DECODERS: dict[str, Callable[[JsonObject], Event]] = {
    "statement": _decode_statement,
    "transaction": _decode_transaction,
    "exchange": _decode_exchange,
}
