"""Carrying out what was declared and verified, as far as it goes by itself."""

import uuid

from sqlalchemy import select

from kooneo import jobs
from kooneo.accounts.models import Merchant
from kooneo.accounts.services import digest
from kooneo.clock import local_date, now
from kooneo.customers.models import Customer
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor
from kooneo.legal.models import Consent, LegalRequest, RequestKind
from kooneo.legal.periods import withdrawal_ends_at
from kooneo.legal.services.receive import note_request
from kooneo.portal.ending import action_of
from kooneo.portal.options import options_of
from kooneo.portal.self_service import SelfService, self_service
from kooneo.settings.services import paypal_account
from kooneo.subscriptions.lifecycle import Action, NotAllowed
from kooneo.subscriptions.models import ActorKind, Subscription
from kooneo.subscriptions.queries import paid_totals
from kooneo.subscriptions.services.request import ChangeInProgress, KeyReused, KeysMissing, Wish, request_change

_KOONEO = Actor(ActorKind.KOONEO, "Kooneo", "worker")


class UnknownToken(Exception):
    """The link is not, or no longer, one of ours."""


def verify(merchant_id: uuid.UUID, token: str) -> LegalRequest:
    """The link that was sent to the address on file was used: now it counts. Safe to repeat. Raises UnknownToken."""
    with transaction():
        query = select(LegalRequest).filter_by(merchant_id=merchant_id, token_digest=digest(token)).with_for_update()
        request = db.session.scalars(query).one_or_none()
        if request is None:
            raise UnknownToken
        if request.verified_at is None:
            request.verified_at = now()
            note_request(request, f"{request.kind}.verified", by=_customer(request))
    carry_out(request.id)
    return request


def carry_out(request_id: uuid.UUID) -> None:
    """As far as it goes by itself; whatever does not, waits in the list of what needs a person. Safe to repeat."""
    request = db.session.get_one(LegalRequest, request_id)
    if request.settled_at or request.verified_at is None or request.subscription_id is None:
        return
    subscription = db.session.get_one(Subscription, request.subscription_id)
    if request.kind == RequestKind.WITHDRAWAL:
        _withdraw(request, subscription)
    elif subscription.status.ended:
        settle(request, by=_KOONEO)
    elif _is_due(request, subscription):
        _end(request, subscription)


def settle(request: LegalRequest, *, by: Actor) -> None:
    """Nothing is left to do for anybody. Safe to repeat."""
    request_id = request.id
    with transaction():
        request = db.session.get_one(LegalRequest, request_id, with_for_update=True, populate_existing=True)
        if request.settled_at is None:
            request.settled_at, request.settled_by = now(), by.name
            note_request(request, f"{request.kind}.settled", by=by)


def may_withdraw(subscription: Subscription, time_zone: str) -> bool:
    """While the period lasts, and unless the customer gave up the right for access at once."""
    if subscription.withdrawn_at or now() >= withdrawal_ends_at(subscription.contracted_on, time_zone):
        return False
    return db.session.get(Consent, subscription.id) is None


def _is_due(request: LegalRequest, subscription: Subscription) -> bool:
    merchant = db.session.get_one(Merchant, request.merchant_id)
    if request.wished_on and local_date(now(), merchant.time_zone) < request.wished_on:
        return False
    has_keys = paypal_account(merchant.id) is not None
    verdict = self_service(subscription, options_of(merchant.id), has_keys=has_keys)
    return verdict == SelfService.NOW or (verdict == SelfService.AT_COMMITMENT_END and request.wished_on is not None)


def _withdraw(request: LegalRequest, subscription: Subscription) -> None:
    """Access closes with the declaration, whatever the product's rule; the payments stop as soon as PayPal says so."""
    merchant = db.session.get_one(Merchant, request.merchant_id)
    in_time = _was_in_time(request, subscription, merchant)
    if not in_time:
        return
    with transaction():
        subject = db.session.get_one(Subscription, subscription.id, with_for_update=True, populate_existing=True)
        if subject.withdrawn_at is None:
            subject.withdrawn_at = request.received_at
            note_request(request, "withdrawal.effective", by=_customer(request))
    if not subscription.status.ended:
        _end(request, subscription)
    elif not paid_totals(subscription.merchant_id, [subscription.id]).get(subscription.id):
        settle(request, by=_KOONEO)


def _was_in_time(request: LegalRequest, subscription: Subscription, merchant: Merchant) -> bool:
    """The declaration's own date decides, not that of the link."""
    ends_at = withdrawal_ends_at(subscription.contracted_on, merchant.time_zone)
    return request.received_at < ends_at and db.session.get(Consent, subscription.id) is None


def _end(request: LegalRequest, subscription: Subscription) -> None:
    action = action_of(subscription) if request.kind == RequestKind.TERMINATION else Action.CANCEL
    wish = Wish(action, request.motive, notify=True)
    try:
        request_change(subscription, wish, by=_customer(request), key=request.change_key)
    except (ChangeInProgress, KeyReused, KeysMissing, NotAllowed):
        return  # it stays in the list, and the next minute tries again


def _customer(request: LegalRequest) -> Actor:
    customer = db.session.get(Customer, request.customer_id) if request.customer_id else None
    return Actor(ActorKind.CUSTOMER, customer.name if customer else request.name, "portal", request.customer_id)


@jobs.every_minute("carry_out_legal_requests")
def carry_out_due() -> None:
    """Those that were waiting for their day, for another change to be over, or for keys."""
    waiting = select(LegalRequest.id).where(LegalRequest.settled_at.is_(None), LegalRequest.verified_at.is_not(None))
    for request_id in db.session.scalars(waiting).all():
        carry_out(request_id)
