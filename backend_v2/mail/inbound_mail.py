"""What an inbound mail says: whom it answers, whether somebody wrote it, and its text."""

import re
from html.parser import HTMLParser
from uuid import UUID

from backend_v2.mail.records import InboundMail

BODY_MOST = 20_000
SUBJECT_MOST = 255
MAIL_ID_MOST = 100
MANY = 100
"""How many mails one can answer; the newest are named last, and count."""

_CUT = "\n[…]"
_NOTHING = "(no text)"
_NO_SUBJECT = "(no subject)"
_BRACKETED = re.compile(r"<([!-;=?-~]+)>")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ONE_ADDRESS = re.compile(r"[^\s\x00-\x20\x7f,;:<>()\[\]\\\"@]+@[^\s\x00-\x20\x7f,;:<>()\[\]\\\"@]+")
_BULK = {"bulk", "junk", "list", "auto_reply"}


def is_automatic(mail: InboundMail) -> bool:
    """Say whether a machine wrote it (RFC 3834), which must not be answered, or both would never end."""
    submitted = _header(mail, "auto-submitted").partition(";")[0].strip().lower()
    return submitted not in {"", "no"} or _header(mail, "precedence").strip().lower() in _BULK


def can_be_answered(mail: InboundMail) -> bool:
    """Say whether the sender is one address: an answer to `a@x,b@y` would reach whom the mail's author likes."""
    return _ONE_ADDRESS.fullmatch(mail.sender) is not None


def mail_id(mail: InboundMail) -> str | None:
    """Return the mail's own Message-ID, without brackets; None when there is none that could be kept."""
    found = _BRACKETED.search(_header(mail, "message-id"))
    return found[1] if found and len(found[1]) <= MAIL_ID_MOST else None


def in_reply_to(mail: InboundMail) -> str | None:
    """Return the Message-ID of the mail that it answers first of all."""
    found = _BRACKETED.search(_header(mail, "in-reply-to"))
    return found[1] if found and len(found[1]) <= SUBJECT_MOST else None


def answered(mail: InboundMail) -> list[str]:
    """Return the ids of the mails that it answers, as messages of tickets have them, each once.

    A mail that we sent is known by Postmark's id, which is the part before `@` of its Message-ID.
    """
    named = _BRACKETED.findall(_header(mail, "references")) + _BRACKETED.findall(_header(mail, "in-reply-to"))
    ids = [one for one in dict.fromkeys(named) if len(one) <= MAIL_ID_MOST][-MANY:]
    ours = [one.partition("@")[0].lower() for one in ids]
    return ids + [one for one in dict.fromkeys(ours) if _GUID.fullmatch(one)]


def named_ticket(mail: InboundMail) -> UUID | None:
    """Return the ticket that our address names after a `+`."""
    for text in mail.mailbox_hashes:
        if _GUID.fullmatch(text) or re.fullmatch(r"[0-9a-fA-F]{32}", text):
            return UUID(text)
    return None


def subject_of(mail: InboundMail) -> str:
    """Return the subject as a ticket's: one line, not empty."""
    line = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", mail.subject).split())
    return line[:SUBJECT_MOST].strip() or _NO_SUBJECT


def body_of(mail: InboundMail) -> str:
    """Return what was written, without what is quoted where Postmark could tell, and cut to a message's length."""
    for text in (mail.reply, mail.text):
        if text and text.strip():
            return _cut(text)
    return _cut(_plain(mail.html or "")) or _NOTHING


def _header(mail: InboundMail, name: str) -> str:
    return next((value for key, value in mail.headers if key.lower() == name), "")


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= BODY_MOST else text[: BODY_MOST - len(_CUT)] + _CUT


def _plain(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = ("".join(reader.texts)).split("\n")
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


class _Reader(HTMLParser):
    """Keeps the text of a document, and lines where blocks begin."""

    _BLOCKS = frozenset({"p", "div", "br", "li", "tr", "table", "blockquote", "h1", "h2", "h3", "pre"})
    _HIDDEN = frozenset({"script", "style", "title"})

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Begin a line, or what is not shown."""
        self._hidden += tag in self._HIDDEN
        if tag in self._BLOCKS:
            self.texts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End what is not shown."""
        self._hidden -= tag in self._HIDDEN and self._hidden > 0

    def handle_data(self, data: str) -> None:
        """Keep what is shown."""
        if not self._hidden:
            self.texts.append(data.replace("\r", " ").replace("\n", " ").replace("\0", ""))
