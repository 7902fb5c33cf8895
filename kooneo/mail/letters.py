"""What a message says, in text and in HTML. Each kind has its two templates; the words of the subject are the caller's."""

from dataclasses import dataclass

from flask import current_app

from kooneo.accounts.models import Merchant
from kooneo.accounts.queries import owner_address
from kooneo.mail.models import SUBJECT_LENGTH, MailKind


@dataclass(frozen=True)
class Letter:
    kind: MailKind
    subject: str
    text: str
    html: str
    unsubscribe_url: str | None = None
    """Of a message that nobody has asked for: where one asks for no more of them."""


def compose(kind: MailKind, *, subject: str, merchant: Merchant, to_customer: bool = True, **facts: object) -> Letter:
    """`facts` are for the templates. The subject is one line, whatever names stand in it.

    To a customer, every message leads to where a contract is ended (Code de la consommation D215-1), and may be answered.
    """
    subject = " ".join(subject.splitlines())[:SUBJECT_LENGTH]
    facts |= {"subject": subject, "merchant": merchant.name}
    if to_customer:
        portal = f"{current_app.config['SETTINGS'].base_url}/portal/{merchant.slug}"
        facts |= {"contact": owner_address(merchant.id), "termination": f"{portal}/termination"}
    templates = current_app.jinja_env
    text = templates.get_template(f"mail/{kind}.txt").render(**facts)
    html = templates.get_template(f"mail/{kind}.html").render(**facts)
    return Letter(kind, subject, f"{text.strip()}\n", f"{html.strip()}\n")
