"""Finding out whose declaration it is. Only the worker does: the page does the same for every address, known or not."""

import secrets
import uuid

from sqlalchemy import select

from kooneo import jobs
from kooneo.accounts.models import Merchant
from kooneo.accounts.services import digest
from kooneo.customers.models import Customer
from kooneo.extensions import db, transaction
from kooneo.language import calendar_of
from kooneo.legal.letters import link_letter
from kooneo.legal.models import LegalRequest
from kooneo.legal.services.receive import IDENTIFY
from kooneo.mail.services.outbox import write
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.references import contract_reference


@jobs.job(IDENTIFY)
def identify(request_id: str) -> None:
    """Name the customer and the contract, and send the link to the address on file. Safe to repeat: a link that was sent stays."""
    with transaction():
        request = db.session.get_one(LegalRequest, uuid.UUID(request_id), with_for_update=True)
        if request.token_digest or request.verified_at or request.settled_at:
            return
        customer, subscription = _found(request)
        if customer is None:
            return
        request.customer_id, request.subscription_id = customer.id, subscription.id if subscription else None
        token = secrets.token_urlsafe(32)
        request.token_digest = digest(token)
        merchant = db.session.get_one(Merchant, request.merchant_id)
        with calendar_of(merchant.time_zone):
            letter = link_letter(request, merchant, customer, token)
        write(
            letter,
            merchant=merchant,
            to=customer.email,
            cause_id=request.id,
            customer_id=customer.id,
        )


def _found(request: LegalRequest) -> tuple[Customer | None, Subscription | None]:
    """Whose contract it is, and which: by its reference, or because this person has only the one."""
    query = select(Customer).filter_by(merchant_id=request.merchant_id, email=request.email)
    customer = db.session.scalars(query).one_or_none()
    if customer is None:
        return _by_reference(request)
    query_theirs = select(Subscription).filter_by(merchant_id=request.merchant_id, customer_id=customer.id)
    theirs = db.session.scalars(query_theirs).all()
    exact = [one for one in theirs if _bare(contract_reference(one)) == _bare(request.contract)]
    in_force = [one for one in theirs if not one.status.ended]
    return customer, next((choice[0] for choice in (exact, in_force, theirs) if len(choice) == 1), None)


def _by_reference(request: LegalRequest) -> tuple[Customer | None, Subscription | None]:
    """Somebody who wrote from another address: the link goes to the one on file all the same."""
    reference = request.contract.strip().upper()
    query = select(Subscription).filter_by(merchant_id=request.merchant_id, paypal_id=reference)
    named = db.session.scalars(query).one_or_none() if reference else None
    return (db.session.get_one(Customer, named.customer_id), named) if named else (None, None)


def _bare(reference: str) -> str:
    return "".join(letter for letter in reference.upper() if letter.isalnum())
