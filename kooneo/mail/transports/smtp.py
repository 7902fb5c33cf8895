"""`smtp://` and `smtps://`: a mail server that takes the message and answers for it."""

import contextlib
import smtplib
import ssl
from email.message import EmailMessage
from typing import NoReturn

from kooneo.mail.models import MailProblem
from kooneo.mail.transports import NotDelivered
from kooneo.mail_url import MailUrl

_SECONDS = 20.0
"""For each step of the conversation."""


class Smtp:
    """What a server says about the recipient or the message is final when it begins with a 5. Anything it says about us,
    such as a wrong password, or that it does not relay for us, says nothing about the message: that waits until somebody has
    mended it."""

    def __init__(self, url: MailUrl, *, seconds: float = _SECONDS) -> None:
        self._url = url
        self._seconds = seconds

    def deliver(self, message: EmailMessage) -> None:
        try:
            server = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            _not_let_in(error)
        try:
            self._introduce(server)
            server.send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            _not_taken(error)
        finally:
            # What was taken is taken, however the goodbye goes.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        url = self._url
        if url.encryption == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(url.host, url.port, timeout=self._seconds, context=context)
        return smtplib.SMTP(url.host, url.port, timeout=self._seconds)

    def _introduce(self, server: smtplib.SMTP) -> None:
        if self._url.encryption == "starttls":
            try:
                server.starttls(context=ssl.create_default_context())
            except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException) as error:
                raise NotDelivered(MailProblem.ENCRYPTION) from error
        if self._url.user:
            server.login(self._url.user, self._url.password)


def _not_let_in(error: Exception) -> NoReturn:
    if isinstance(error, ssl.SSLError):
        raise NotDelivered(MailProblem.ENCRYPTION) from error
    raise NotDelivered(MailProblem.UNREACHABLE, code=getattr(error, "smtp_code", None)) from error


def _not_taken(error: Exception) -> NoReturn:
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, said = next(iter(error.recipients.values()))
            if _is_about_us(code, said):
                raise NotDelivered(MailProblem.SENDER, code=code) from error
            raise _about_the_message(MailProblem.RECIPIENT, code) from error
        case smtplib.SMTPDataError():
            raise _about_the_message(MailProblem.CONTENT, error.smtp_code) from error
        case smtplib.SMTPSenderRefused():
            raise NotDelivered(MailProblem.SENDER, code=error.smtp_code) from error
        case smtplib.SMTPAuthenticationError():
            raise NotDelivered(MailProblem.CREDENTIALS, code=error.smtp_code) from error
        case smtplib.SMTPNotSupportedError():  # it knows no passwords, or none that we can give
            raise NotDelivered(MailProblem.CREDENTIALS) from error
        case _:
            _not_let_in(error)


def _is_about_us(code: int, said: bytes) -> bool:
    """An answer to the recipient's address that speaks of policy: we may not send from here, or not without a password (RFC 3463,
    5.7; RFC 4954). 550 5.7 is left out: recipients' servers use it for what they hold against the message."""
    return code in (530, 535, 554) or (code == 553 and said.startswith(b"5.7."))


def _about_the_message(problem: MailProblem, code: int) -> NotDelivered:
    final = code >= 500
    return NotDelivered(problem if final else MailProblem.BUSY, final=final, code=code)
