"""`console:` for development: messages are written where the worker writes its log."""

import sys
from email.message import EmailMessage


class Console:
    def deliver(self, message: EmailMessage) -> None:
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        sys.stdout.write(f"To: {message['To']}\nSubject: {message['Subject']}\n\n{text}\n")
        sys.stdout.flush()
