"""Send mail through Postmark's API."""

from dataclasses import dataclass, field

from backend_v2.config import MailConfig
from backend_v2.errors import NotReady, UpstreamUnavailable
from backend_v2.http.outgoing import BaseTransport, HttpError, Response, client

_TOKEN_HEADER = "X-Postmark-Server-Token"  # noqa: S105 - the header's name
_LONGEST_ID = 100


@dataclass(frozen=True)
class Mail:
    """One message. tag: what it is for, in Postmark's statistics. headers: such as In-Reply-To."""

    to: str
    subject: str
    text: str = field(repr=False)
    tag: str
    stream: str = "outbound"
    headers: dict[str, str] = field(default_factory=dict)


class Mailer:
    """The outgoing mail of one installation. transport: replaces the network in tests."""

    def __init__(self, config: MailConfig, *, transport: BaseTransport | None = None) -> None:
        self._config = config
        headers = {"Accept": "application/json", _TOKEN_HEADER: config.server_token}
        self._client = client(config.base_url, headers=headers, timeout_s=config.timeout_s, transport=transport)

    def send(self, mail: Mail) -> str:
        """Send a message; return Postmark's id for it.

        No connection of the database should be held meanwhile. Raises NotReady when no token is
        configured, UpstreamUnavailable when Postmark cannot be reached or refuses; never with the text.
        """
        if not self._config.server_token:
            raise NotReady("mail cannot be sent yet: POSTMARK_SERVER_TOKEN is not set")
        message = {
            "From": self._config.sender,
            "To": mail.to,
            "Subject": mail.subject,
            "TextBody": mail.text,
            "Tag": mail.tag,
            "MessageStream": mail.stream,
            "Headers": [{"Name": name, "Value": value} for name, value in mail.headers.items()],
        }
        try:
            response = self._client.post("/email", json=message)
        except HttpError as error:
            raise UpstreamUnavailable(f"mail cannot be sent ({type(error).__name__})") from error
        return _message_id(response)


def _message_id(response: Response) -> str:
    try:
        body = response.json()
    except ValueError:
        body = None
    said = body if isinstance(body, dict) else {}
    found = said.get("MessageID")
    if response.status_code != 200 or not isinstance(found, str) or not 1 <= len(found) <= _LONGEST_ID:
        code = said.get("ErrorCode")
        known = code if isinstance(code, int) else None
        raise UpstreamUnavailable(f"mail was refused: status {response.status_code}, error code {known}")
    return found
