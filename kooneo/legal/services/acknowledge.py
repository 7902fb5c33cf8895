"""Acknowledging a declaration on a durable medium: by e-mail, with its content, date and time."""

from kooneo.accounts.models import Merchant
from kooneo.extensions import db
from kooneo.legal.letters import acknowledgement
from kooneo.legal.models import LegalRequest
from kooneo.mail.services.outbox import write


def acknowledge(request: LegalRequest, *, to: str) -> None:
    """In the transaction that keeps the declaration. Once, however often it is called."""
    db.session.flush()
    merchant = db.session.get_one(Merchant, request.merchant_id)
    letter = acknowledgement(request, merchant)
    write(letter, merchant=merchant, to=to, cause_id=request.id, customer_id=request.customer_id)
