"""The ways a message can leave. Each takes one message whole, or raises NotDelivered."""

from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from kooneo.mail.models import MailProblem
from kooneo.mail_url import read_mail_url


class NotDelivered(Exception):
    """`final`: the server will never take this message. Anything else may be over soon."""

    def __init__(self, problem: MailProblem, *, final: bool = False, code: int | None = None) -> None:
        super().__init__(f"{problem} {code or ''}".strip())
        self.problem = problem
        self.final = final
        self.code = code


class Transport(Protocol):
    def deliver(self, message: EmailMessage) -> None:
        """Returns once somebody else answers for the message. Raises NotDelivered."""


def open_transport(mail_url: str, *, instance: Path) -> Transport:
    from kooneo.mail.transports.console import Console
    from kooneo.mail.transports.mailbox import Mailbox
    from kooneo.mail.transports.smtp import Smtp

    url = read_mail_url(mail_url)
    match url.scheme:
        case "console":
            return Console()
        case "mailbox":
            return Mailbox(instance)
        case _:
            return Smtp(url)
