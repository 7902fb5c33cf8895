"""A message as it travels (RFC 5322)."""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from kooneo.addresses import is_email
from kooneo.mail.models import MailProblem, OutboxMessage

_PLAIN = SMTP.clone(cte_type="7bit")
"""Every server can take it, whatever it knows beyond the first standard."""


class NotSendable(Exception):
    """No mail server could take it."""

    def __init__(self, problem: MailProblem) -> None:
        super().__init__(problem)
        self.problem = problem


def envelope(message: OutboxMessage, *, sender: str) -> EmailMessage:
    """Raises NotSendable: also for a line break in a header, by which somebody would add one of their own."""
    made = EmailMessage(policy=_PLAIN)
    try:
        made["Message-ID"] = message.message_id
        made["Date"] = message.written_at
        made["From"] = Address(message.sender_name, addr_spec=sender)
        made["To"] = _address(message.recipient)
        if message.reply_to:
            made["Reply-To"] = _address(message.reply_to)
        made["Subject"] = message.subject
        if message.unsubscribe_url:
            # RFC 2369 and RFC 8058: the button that mail programs show themselves.
            made["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
            made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        # RFC 3834: out-of-office answers are not sent to a machine.
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(message.text or "")
        made.add_alternative(message.html or "", subtype="html")
    except ValueError:
        raise NotSendable(MailProblem.CONTENT) from None
    return made


def _address(text: str) -> Address:
    """A domain with other letters is written in ASCII; a name with some needs servers that few people have."""
    name, _at, domain = text.rpartition("@")
    try:
        address = Address(addr_spec=f"{name}@{domain.encode('idna').decode()}")
    except (ValueError, MessageError):
        raise NotSendable(MailProblem.ADDRESS) from None
    if not is_email(text):
        raise NotSendable(MailProblem.ADDRESS)
    return address
