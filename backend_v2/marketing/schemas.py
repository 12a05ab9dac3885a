"""What the marketing routes take and give."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, StrictBool, StringConstraints

from backend_v2.http.fields import Closed, Email, Limit, PageToken, QueryFlag, limit

Source = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
"""Where an address came from, such as `landing-page`."""

OptOutToken = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,400}$")]
"""An address, signed."""


class ContactIn(Closed):
    """Whom to send marketing mail, and where the address came from."""

    email: Email
    source: Source


class AcceptedOut(BaseModel):
    """The answer to every address: it does not say whether it was known, new, or opted out."""

    status: Literal["accepted"] = "accepted"


class OptOutIn(Closed):
    """Whom not to send marketing mail any more: the token of the link in their mail."""

    token: OptOutToken


class OptedOutOut(BaseModel):
    """No more marketing mail goes to the address."""

    status: Literal["opted_out"] = "opted_out"


class ContactsIn(Closed):
    """Which contacts: only those that opted out or only others; a page of at most limit."""

    opted_out: QueryFlag | None = None
    limit: Limit = limit(50, 500)
    page_token: PageToken | None = None


class ContactOut(BaseModel):
    """A contact. opt_out_token: for the link in each mail to them."""

    id: int
    email: str
    source: str
    opted_out: bool
    created_at: datetime
    opted_out_at: datetime | None
    opt_out_token: str


class ContactsOut(BaseModel):
    """A page of contacts by id, and the token for the next one, if there is one."""

    contacts: list[ContactOut]
    next_page_token: str | None


class PreferenceIn(Closed):
    """Whether the signed-in user wants no marketing mail."""

    opted_out: StrictBool


class PreferenceOut(BaseModel):
    """Whether the signed-in user gets marketing mail. receives_mail: false, too, when nobody signed them up."""

    email: str
    opted_out: bool
    opted_out_at: datetime | None
    receives_mail: bool
