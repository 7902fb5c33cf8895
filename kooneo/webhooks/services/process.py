"""Looking at what a notification is about: PayPal is asked, and only its answer counts. Only the worker does it, one attempt a
job, under a lease on the row."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from kooneo import jobs, leases
from kooneo.billing.models import Payment
from kooneo.billing.services.book import book
from kooneo.billing.services.catch_up import DAY, recent
from kooneo.billing.services.give_back import GivenBack, learn_of_refund
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.money import Money
from kooneo.paypal import Gateway, NotFound, PayPalError, RemoteTransaction
from kooneo.settings.services import gateway_for, paypal_account
from kooneo.subscriptions.models import ChangeState, Subscription
from kooneo.subscriptions.outcomes import Outcome, judged
from kooneo.subscriptions.problems import Problem
from kooneo.subscriptions.services.conclude import follow
from kooneo.webhooks.models import UNSETTLED, EventState, WebhookEvent
from kooneo.webhooks.services.receive import PROCESS

LEASE = timedelta(minutes=4)
"""Two questions, a renewed token before each, some 27 s apiece."""

# Before the second attempt, the third… some twelve hours in all. Afterwards reconciliation finds what it was about.
BACKOFF = tuple(timedelta(seconds=s) for s in (5, 20, 60, 300, 900, 3600, 10800, 28800))


log = structlog.get_logger()


@dataclass(frozen=True)
class _Leased:
    """What an attempt needs, as plain values: no transaction is open while PayPal is asked."""

    row_id: uuid.UUID
    lease: str
    subscription_id: uuid.UUID
    paypal_id: str
    gateway: Gateway
    payments_since: datetime | None
    """None when it is not about money."""
    refund: GivenBack | None


@dataclass(frozen=True)
class _Unnamed:
    """Something was given back, and the notification does not say of which payment."""

    row_id: uuid.UUID
    lease: str
    gateway: Gateway
    refund_id: str


@jobs.job(PROCESS)
def process(row_id: str) -> None:
    """One attempt. Safe to repeat: without the lease, or once settled, it does nothing."""
    leased = _take(uuid.UUID(row_id))
    if leased is None:
        return
    try:
        if isinstance(leased, _Unnamed):
            _name_the_payment(leased)
        else:
            _follow(leased)
    except PayPalError as error:
        _put_off(leased, judged(error))
    except OperationalError:
        raise  # the database is gone: the lease runs out, and the notification is taken up again
    except Exception:
        log.exception("webhook.attempt_failed", row=row_id)
        _put_off(leased, Outcome(ChangeState.UNKNOWN, problem=Problem.INTERRUPTED))


def _take(row_id: uuid.UUID) -> _Leased | _Unnamed | None:
    worker = current_app.config["SETTINGS"].worker_name
    with transaction():
        lease = leases.take(WebhookEvent, row_id, UNSETTLED, worker=worker, lasting=LEASE)
        if not lease:
            return None
        event = db.session.get_one(WebhookEvent, row_id)
        subscription = _subscription(event)
        account = paypal_account(event.merchant_id)
        paypal_id = subscription.paypal_id if subscription else None
        unnamed = event.refund_id if event.refund_id == event.sale_id and _payment(event) is None else None
        if account is None or not (paypal_id or unnamed):
            _settle(event, EventState.IGNORED)
            log.info("webhook.ignored", event_id=event.event_id, type=event.event_type, keys=account is not None)
            return None
        gateway = gateway_for(account)
        if gateway is None:
            _try_again(event, Outcome(ChangeState.UNKNOWN, problem=Problem.KEYS_UNREADABLE))
            return None
        if unnamed or subscription is None or paypal_id is None:
            return _Unnamed(row_id, lease, gateway, unnamed or "")
        since = _payments_since(event, subscription) if event.about_money else None
        return _Leased(row_id, lease, subscription.id, paypal_id, gateway, since, _refund(event))


def _subscription(event: WebhookEvent) -> Subscription | None:
    """Named by the notification; a refund may name only the payment."""
    of_merchant = select(Subscription).where(Subscription.merchant_id == event.merchant_id)
    if event.paypal_id:
        return db.session.scalars(of_merchant.filter_by(paypal_id=event.paypal_id)).one_or_none()
    payment = _payment(event)
    return db.session.get(Subscription, payment.subscription_id) if payment else None


def _payment(event: WebhookEvent) -> Payment | None:
    if not event.sale_id:
        return None
    query = select(Payment).filter_by(merchant_id=event.merchant_id, paypal_transaction_id=event.sale_id)
    return db.session.scalars(query).one_or_none()


def _refund(event: WebhookEvent) -> GivenBack | None:
    if event.refund_id is None or event.refunded_minor is None or event.refunded_currency is None:
        return None
    total = event.refunded_total_minor
    return GivenBack(
        refund_id=event.refund_id,
        amount=Money(event.refunded_minor, event.refunded_currency),
        total=Money(total, event.refunded_currency) if total is not None else None,
        at=event.created_at or event.received_at,
    )


def _payments_since(event: WebhookEvent, subscription: Subscription) -> datetime:
    """Further back only when the notification is about an older payment."""
    payment, usual = _payment(event), recent(subscription)
    return min(usual, payment.at - DAY) if payment else usual


def _name_the_payment(leased: _Unnamed) -> None:
    """PayPal knows it; the notification is then processed like any other."""
    try:
        sale_id = leased.gateway.get_refund(leased.refund_id).sale_id
    except NotFound:
        sale_id = None
    with transaction():
        event = _held(leased)
        if event is None:
            return
        event.sale_id = sale_id
        if _subscription(event) is None:
            _settle(event, EventState.IGNORED)
        else:
            _plan(event, timedelta())


def _follow(leased: _Leased) -> None:
    """The status first: it must not wait for payments that cannot be read."""
    follow(leased.subscription_id, leased.gateway.get_subscription(leased.paypal_id), None)
    transactions: list[RemoteTransaction] = []
    if leased.payments_since is not None:
        transactions = leased.gateway.list_transactions(leased.paypal_id, leased.payments_since, now() + DAY)
    with transaction():
        event = _held(leased)
        if event is None:
            return
        subscription = db.session.get_one(Subscription, leased.subscription_id, with_for_update=True)
        book(subscription, transactions)
        if leased.refund and event.sale_id and not learn_of_refund(event.merchant_id, event.sale_id, leased.refund):
            _try_again(event, Outcome(ChangeState.UNKNOWN, problem=Problem.NOT_EFFECTIVE))
            return
        _settle(event, EventState.DONE)


def _put_off(leased: _Leased | _Unnamed, outcome: Outcome) -> None:
    with transaction():
        event = _held(leased)
        if event is not None:
            _try_again(event, outcome)


def _held(leased: _Leased | _Unnamed) -> WebhookEvent | None:
    """The row, locked; None when the attempt took longer than its lease, and another one may be under way."""
    query = select(WebhookEvent).filter_by(id=leased.row_id).with_for_update()
    event = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if event.lease_holder == leased.lease and event.state == EventState.WAITING:
        return event
    log.warning("webhook.lease_lost", row=str(leased.row_id))
    return None


def _try_again(event: WebhookEvent, outcome: Outcome) -> None:
    """What PayPal refuses it will refuse again: new keys, and reconciliation, are what helps."""
    if outcome.state != ChangeState.UNKNOWN or event.attempts > len(BACKOFF):
        _settle(event, EventState.FAILED, outcome.problem)
        log.warning("webhook.failed", event_id=event.event_id, problem=outcome.problem)
        return
    event.problem = outcome.problem
    _plan(event, max(BACKOFF[event.attempts - 1], timedelta(seconds=outcome.retry_after or 0)))


def _plan(event: WebhookEvent, wait: timedelta) -> None:
    event.lease_holder = event.lease_until = None
    event.next_attempt_at = now() + wait
    jobs.enqueue(
        PROCESS,
        str(event.id),
        job_id=f"{event.id}:{event.attempts}",
        partition=str(event.merchant_id),
        delay=wait.total_seconds(),
    )


def _settle(event: WebhookEvent, state: EventState, problem: Problem | None = None) -> None:
    event.state, event.problem, event.settled_at = state, problem, now()
    event.next_attempt_at = event.lease_holder = event.lease_until = None


@jobs.every_minute("take_up_notifications")
def take_up() -> None:
    """Find the notifications whose attempt is due and whose job was lost, and give them a new one."""
    for row_id, merchant_id, attempts in leases.due(WebhookEvent, UNSETTLED):
        with transaction():
            job_id = leases.job_id(row_id, attempts)
            jobs.enqueue(PROCESS, str(row_id), job_id=job_id, partition=str(merchant_id))


@jobs.before_work
def release_own_leases() -> None:
    with transaction():
        leases.release(WebhookEvent, UNSETTLED, worker=current_app.config["SETTINGS"].worker_name)
