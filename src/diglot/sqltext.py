"""Read SQL text exactly enough to ask what it says: tokens, names, calls, the select list.

A lexer, not a parser: it tells code from literals, comments and quoted names, in what SQLite and Postgres both
write. Whoever looks for words in SQL looks at `code`, in which a literal can hide nothing.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

_CACHED = 2048
_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*)
    |(?P<comment>/\*)
    |(?P<string>(?:\b[eE]'(?:[^'\\]|''|\\.)*(?:'|$))|'(?:[^']|'')*(?:'|$))
    |(?P<dollar>\$(?P<tag>[^\W\d]\w*|)\$)
    |(?P<name>"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$))
    |(?P<bracket>\[[^\W\d][^\[\]'",:]*\])
    |(?P<number>0[xX][0-9a-fA-F]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<parameter>%\(\w+\)s|%s|(?<!:):[^\W\d]\w*|\$\d+)
    |(?P<word>[^\W\d][\w$]*)
    |(?P<symbol>::|\|\||<=|>=|<>|!=|==|->>|->|<<|>>|@>|<@|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_NOT_FUNCTIONS = frozenset(
    {
        "all", "and", "any", "as", "between", "by", "case", "check", "conflict", "distinct", "else", "except",
        "exists", "filter", "foreign", "from", "having", "if", "in", "index", "insert", "intersect", "into",
        "is", "join", "key", "lateral", "like", "limit", "materialized", "not", "offset", "on", "or", "over",
        "partition", "primary", "references", "returning", "select", "set", "some", "then", "union", "unique",
        "using", "values", "when", "where", "with",
    }
)  # fmt: skip
_NAMING = frozenset({"exists", "into", "references", "table"})
_SELECT_LIST_ENDS = frozenset({"from", "where", "group", "having", "order", "limit", "union", "except", "intersect"})


@dataclass(frozen=True, slots=True)
class Token:
    """One token, and where it begins.

    kind: word, name (quoted), string, number, parameter or symbol. text: as written; words in lower case.
    depth: how many round brackets are open around it; a bracket itself stands outside of what it encloses.
    gap: whether white space or a comment stands before it.
    """

    kind: str
    text: str
    depth: int
    gap: bool

    @property
    def value(self) -> str:
        """What a string or a quoted name says: without its quotes, doubled ones single; else the text."""
        if self.kind == "string":
            return _unquoted_string(self.text)
        if self.kind == "name":
            quote = self.text[0]
            return self.text[1:-1] if quote == "[" else self.text[1:-1].replace(quote * 2, quote)
        return self.text


@lru_cache(maxsize=_CACHED)
def tokens(sql: str) -> tuple[Token, ...]:
    """Return the tokens of `sql`, without comments. Nothing raises: an open literal or comment goes to the end."""
    found: list[Token] = []
    position, depth, gap = 0, 0, False
    while position < len(sql):
        kind, end = _next(sql, position, after=None if gap or not found else found[-1])
        text = sql[position:end]
        position = end
        if kind == "space":
            gap = True
            continue
        if text == ")":
            depth = max(depth - 1, 0)
        found.append(Token(kind, text.lower() if kind == "word" else text, depth, gap))
        gap = False
        if text == "(":
            depth += 1
    return tuple(found)


@lru_cache(maxsize=_CACHED)
def code(sql: str) -> str:
    """Return `sql` in lower case, string literals as `''`, without comments, white space squeezed.

    Quoted names are kept as they are written.
    """
    return _joined(tokens(sql))


def literals(sql: str) -> tuple[str, ...]:
    """Return what the string literals say, in their order, also those in dollar quotes."""
    return tuple(token.value for token in tokens(sql) if token.kind == "string")


def quoted_names(sql: str) -> tuple[str, ...]:
    """Return the names in double quotes, backticks or square brackets, without those, in their order."""
    return tuple(token.value for token in tokens(sql) if token.kind == "name")


def words(sql: str) -> frozenset[str]:
    """Return keywords, names and types that are written without quotes, in lower case."""
    return frozenset(token.text for token in tokens(sql) if token.kind == "word")


@lru_cache(maxsize=_CACHED)
def functions(sql: str) -> frozenset[str]:
    """Return the lower-case names that stand right before a bracket: calls, but also types, as in `varchar(3)`."""
    found: set[str] = set()
    before = ""
    for word, bracket in pairwise(tokens(sql)):
        if word.kind == "word" and bracket.text == "(" and word.text not in _NOT_FUNCTIONS and before not in _NAMING:
            found.add(word.text)
        before = word.text
    return frozenset(found)


@lru_cache(maxsize=_CACHED)
def verb(sql: str) -> str:
    """Return the statement's first word in lower case, past a WITH the one that acts; "" without any."""
    top = [token.text for token in tokens(sql) if token.kind == "word" and token.depth == 0]
    if top[:1] == ["with"]:
        return next((word for word in top if word in {"select", "insert", "update", "delete", "values"}), "with")
    return top[0] if top else ""


@lru_cache(maxsize=_CACHED)
def has_top_level_order_by(sql: str) -> bool:
    """Whether the whole statement has an ORDER BY: not one of a subquery, a window or an aggregate."""
    top = [token for token in tokens(sql) if token.depth == 0]
    return any((one.text, two.text) == ("order", "by") for one, two in pairwise(top))


@lru_cache(maxsize=_CACHED)
def select_list(sql: str) -> tuple[str, ...]:
    """Return the expressions that the first outer SELECT, or else RETURNING, gives, as `code`, with their aliases.

    Empty when there is none. A `*` stands for itself.
    """
    top = [(index, token) for index, token in enumerate(tokens(sql)) if token.depth == 0]
    start = next((index for index, token in top if token.text == "select"), None)
    if start is None:
        start = next((index for index, token in top if token.text == "returning"), None)
    if start is None:
        return ()
    rest = tokens(sql)[start + 1 :]
    if rest and rest[0].text in {"distinct", "all"}:
        rest = rest[1:]
    items: list[list[Token]] = [[]]
    for token in rest:
        if token.depth == 0 and (token.text == ";" or (token.kind == "word" and token.text in _SELECT_LIST_ENDS)):
            break
        if token.depth == 0 and token.text == ",":
            items.append([])
        else:
            items[-1].append(token)
    return tuple(_joined(tuple(item)) for item in items)


def expression(sql: str, column: str, columns: tuple[str, ...]) -> str:
    """Return the select list's expression behind a result's column, as `code`; "" when it cannot be told.

    columns: the names of all of the result's columns, in their order.
    """
    items = select_list(sql)
    if column not in columns or len(items) != len(columns) or any(_is_star(item) for item in items):
        return ""
    return items[columns.index(column)]


def _is_star(item: str) -> bool:
    return item == "*" or item.endswith(".*")


def _next(sql: str, position: int, after: Token | None) -> tuple[str, int]:
    """Return the kind and the end of what begins at `position`; `after`: the token that touches it."""
    match = _TOKEN.match(sql, position)
    assert match is not None  # noqa: S101  # the last alternative takes any character
    kind, end = match.lastgroup or "symbol", match.end()
    if kind == "comment":
        return "space", _comment_end(sql, end)
    if kind in {"dollar", "tag"}:
        closing = sql.find(match["dollar"], end)
        return ("symbol", position + 1) if closing < 0 else ("string", closing + len(match["dollar"]))
    if kind == "bracket":
        subscript = after is not None and (after.kind in {"word", "name"} or after.text in {")", "]"})
        return ("symbol", position + 1) if subscript else ("name", end)
    return kind, end


def _comment_end(sql: str, position: int) -> int:
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(sql, position)
        if edge is None:
            return len(sql)
        depth += 1 if edge.group() == "/*" else -1
        position = edge.end()
    return position


def _joined(row: tuple[Token, ...]) -> str:
    parts: list[str] = []
    for token in row:
        if token.gap and parts:
            parts.append(" ")
        if token.kind == "string":
            parts.append("''")
        else:
            parts.append(token.text if token.kind == "name" else token.text.lower())
    return "".join(parts)


def _unquoted_string(text: str) -> str:
    if text[0] == "$":
        opening = text.index("$", 1) + 1
        return text[opening:-opening]
    return text[text.index("'") + 1 : -1].replace("''", "'")
