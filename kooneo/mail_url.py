"""KOONEO_MAIL_URL, read: where messages go."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from kooneo.addresses import LOOPBACK

Encryption = Literal["tls", "starttls", "none"]

_EXPECTED = "expected smtp://user:password@host:port, smtps://…, console: or mailbox:"
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class MailUrl:
    scheme: Literal["smtp", "smtps", "console", "mailbox"]
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    encryption: Encryption = "none"


def read_mail_url(value: str) -> MailUrl:
    """Raises ValueError, which says what was expected and never what was given: it may hold a password.

    `smtp://` goes over to encryption (STARTTLS) or does not send; only a server on this machine, and one whose address ends
    in `?starttls=off`, gets its messages in the clear.
    """
    if value in ("console:", "mailbox:"):
        return MailUrl("console" if value == "console:" else "mailbox")
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(_EXPECTED) from None
    if parts.scheme not in ("smtp", "smtps") or not host or parts.path not in ("", "/") or parts.fragment:
        raise ValueError(_EXPECTED)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError("a user and a password, or neither")
    scheme: Literal["smtp", "smtps"] = "smtp" if parts.scheme == "smtp" else "smtps"
    encryption = _encryption(scheme, host, parts.query)
    if user and encryption == "none" and host not in LOOPBACK:
        raise ValueError("a password is not sent without encryption: take starttls=off away")
    return MailUrl(scheme, host, port or _PORTS[scheme], user, password, encryption)


def _encryption(scheme: str, host: str, query: str) -> Encryption:
    options = parse_qs(query, keep_blank_values=True)
    chosen = options.pop("starttls", [""])[-1]
    if options or chosen not in ("", "off", "required") or (scheme == "smtps" and chosen):
        raise ValueError("of options, smtp:// knows starttls=required and starttls=off")
    if scheme == "smtps":
        return "tls"
    if chosen == "off" or (not chosen and host in LOOPBACK):
        return "none"
    return "starttls"
