"""What a message says, in text and in HTML. Each kind has its two templates; the words of the subject are the caller's."""

from dataclasses import dataclass

from flask import current_app

from kooneo.mail.models import SUBJECT_LENGTH, MailKind


@dataclass(frozen=True)
class Letter:
    kind: MailKind
    subject: str
    text: str
    html: str


def compose(kind: MailKind, *, subject: str, **facts: object) -> Letter:
    """`facts` are for the templates. The subject is one line, whatever names stand in it."""
    subject = " ".join(subject.splitlines())[:SUBJECT_LENGTH]
    templates = current_app.jinja_env
    text = templates.get_template(f"mail/{kind}.txt").render(subject=subject, **facts)
    html = templates.get_template(f"mail/{kind}.html").render(subject=subject, **facts)
    return Letter(kind, subject, f"{text.strip()}\n", f"{html.strip()}\n")
