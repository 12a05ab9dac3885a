"""What Postmark tells, and what administrators see of it.

Postmark may add fields: those that are not named here are neither refused nor kept. Texts are bounded by the
size of the whole body; what is kept of each is bounded again.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend_v2.http.fields import LARGEST, Closed, Limit, PageToken, limit
from backend_v2.http.webhooks import Instant
from backend_v2.mail.records import Delivery, InboundMail

KEPT = 200_000
"""How many characters are kept of each text of a mail."""
SUBJECT_KEPT = 998
ADDRESS_MOST = 254
TAG_KEPT = 100

PostmarkId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,100}$")]
"""An id that Postmark gave."""
Address = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x20\x7f]+$", max_length=ADDRESS_MOST)]
"""An address, as far as its length and the absence of blanks tell."""
Content = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""Any text; its length is bounded by the body's."""
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=20_000)]
"""Any text, such as a header's value."""
Key = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=200)]
"""A short text, such as a header's name."""
Size = Annotated[int, Field(strict=True, ge=0, le=LARGEST)]
"""How many bytes."""
Number = Annotated[int, Field(strict=True, ge=-LARGEST, le=LARGEST)]
"""A whole number."""


class FromPostmark(BaseModel):
    """An object of Postmark's, whose fields have Postmark's names."""

    model_config = ConfigDict(extra="ignore")


class AddressIn(FromPostmark):
    """An address of a mail. mailbox_hash: what stood between `+` and `@`."""

    email: Line = Field(default="", alias="Email")
    name: Line | None = Field(default=None, alias="Name")
    mailbox_hash: Line | None = Field(default=None, alias="MailboxHash")


class SenderIn(AddressIn):
    """Who sent a mail."""

    email: Address = Field(alias="Email")


class HeaderIn(FromPostmark):
    """A header of a mail."""

    name: Key = Field(alias="Name")
    value: Line = Field(alias="Value")


class AttachmentIn(FromPostmark):
    """A file of a mail. content: base64; it is not kept."""

    name: Line = Field(alias="Name")
    content: str | None = Field(default=None, alias="Content", exclude=True, repr=False)
    content_type: Line | None = Field(default=None, alias="ContentType")
    content_length: Size | None = Field(default=None, alias="ContentLength")
    content_id: Line | None = Field(default=None, alias="ContentID")


class InboundIn(FromPostmark):
    """A mail that came in."""

    message_id: PostmarkId = Field(alias="MessageID")
    message_stream: Key | None = Field(default=None, alias="MessageStream")
    sender: SenderIn = Field(alias="FromFull")
    to: list[AddressIn] = Field(default=[], alias="ToFull", max_length=1000)
    cc: list[AddressIn] = Field(default=[], alias="CcFull", max_length=1000)
    original_recipient: Line | None = Field(default=None, alias="OriginalRecipient")
    reply_to: Line | None = Field(default=None, alias="ReplyTo")
    mailbox_hash: Line | None = Field(default=None, alias="MailboxHash")
    subject: Line = Field(default="", alias="Subject")
    date: Line | None = Field(default=None, alias="Date")
    tag: Line | None = Field(default=None, alias="Tag")
    text_body: Content | None = Field(default=None, alias="TextBody", repr=False)
    html_body: Content | None = Field(default=None, alias="HtmlBody", repr=False)
    stripped_text_reply: Content | None = Field(default=None, alias="StrippedTextReply", repr=False)
    headers: list[HeaderIn] = Field(default=[], alias="Headers", max_length=1000)
    attachments: list[AttachmentIn] = Field(default=[], alias="Attachments", max_length=1000)

    def mail(self) -> InboundMail:
        """Return it as a record."""
        recipients = [one.email for one in self.to]
        hashes = (self.mailbox_hash, *(one.mailbox_hash for one in (*self.to, *self.cc)))
        return InboundMail(
            message_id=self.message_id,
            sender=_lower(self.sender.email),
            recipient=_lower(self.original_recipient or next(iter(recipients), ""))[:ADDRESS_MOST],
            subject=self.subject[:SUBJECT_KEPT],
            mailbox_hashes=tuple(one for one in hashes if one),
            headers=tuple((one.name, one.value) for one in self.headers),
            reply=_kept(self.stripped_text_reply),
            text=_kept(self.text_body),
            html=_kept(self.html_body),
            payload=self._payload(),
        )

    def _payload(self) -> dict[str, Any]:
        payload = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        texts = {name: text[:KEPT] for name, text in payload.items() if isinstance(text, str)}
        return payload | texts


class DeliveryIn(FromPostmark):
    """A mail of ours that arrived at one recipient's server."""

    record_type: Literal["Delivery"] = Field(alias="RecordType")
    message_id: PostmarkId = Field(alias="MessageID")
    recipient: Address = Field(alias="Recipient")
    delivered_at: Instant = Field(alias="DeliveredAt")
    message_stream: Annotated[Key, StringConstraints(max_length=100)] = Field(
        default="outbound", alias="MessageStream"
    )
    tag: Line | None = Field(default=None, alias="Tag")
    details: Line | None = Field(default=None, alias="Details")
    server_id: Number | None = Field(default=None, alias="ServerID")
    metadata: dict[Key, Line | Number] = Field(default={}, alias="Metadata", max_length=100)

    def delivery(self) -> Delivery:
        """Return it as a record."""
        return Delivery(
            message_id=self.message_id,
            recipient=_lower(self.recipient),
            message_stream=self.message_stream,
            tag=self.tag[:TAG_KEPT] if self.tag else None,
            delivered_at=self.delivered_at,
            payload=self.model_dump(mode="json", by_alias=True, exclude_none=True),
        )


class ReceivedOut(BaseModel):
    """What became of a webhook's call. result: `replayed` for what was told before; it changes nothing."""

    result: Literal["stored", "replayed"]

    @classmethod
    def of(cls, *, is_new: bool) -> Self:
        """Return the answer."""
        return cls(result="stored" if is_new else "replayed")


class PageIn(Closed):
    """A page of at most limit."""

    limit: Limit = limit(50, 500)
    page_token: PageToken | None = None


class InboundOut(BaseModel):
    """A mail that came in. ticket_id: the ticket that it opened or continued; null when there is none."""

    id: int
    message_id: str
    from_email: str
    to_email: str
    subject: str
    ticket_id: UUID | None
    received_at: datetime


class InboundsOut(BaseModel):
    """A page of mails, the newest first, and the token for the next one, if there is one."""

    messages: list[InboundOut]
    next_page_token: str | None


class DeliveryOut(BaseModel):
    """A delivery. delivered_at: by the recipient's server. received_at: when we were told."""

    id: int
    message_id: str
    recipient: str
    message_stream: str
    tag: str | None
    delivered_at: datetime
    received_at: datetime


class DeliveriesOut(BaseModel):
    """A page of deliveries, the newest first, and the token for the next one, if there is one."""

    deliveries: list[DeliveryOut]
    next_page_token: str | None


def _lower(address: str) -> str:
    """Return an address in lower case as far as ASCII goes: other letters may grow, and would not fit."""
    return address.encode().lower().decode()


def _kept(text: str | None) -> str | None:
    return None if text is None else text[:KEPT]
