"""Having PayPal create what was ordered. Only the worker does it, one attempt a job, under a lease on the row."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

import structlog
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from kooneo import jobs, leases
from kooneo.accounts.models import Merchant
from kooneo.catalog.models import Offer
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.orders.models import Order, OrderState
from kooneo.orders.services.look import plan_next_look
from kooneo.orders.services.notes import note
from kooneo.orders.services.place import CREATE
from kooneo.orders.services.publish import Publication, forget, publication_of, publish
from kooneo.orders.services.records import add_pending
from kooneo.orders.services.warn import tell_whoever_pays_already
from kooneo.paypal import Gateway, NewSubscription, PayPalError, Refused, RemoteApproval
from kooneo.paypal import NotFound as PlanNotFound
from kooneo.settings.services import gateway_for, paypal_account
from kooneo.subscriptions.models import ChangeState
from kooneo.subscriptions.outcomes import judged
from kooneo.subscriptions.problems import Problem

# The slowest attempt: three requests, a renewed token before each (kooneo.paypal.transport).
LEASE = timedelta(minutes=4)
BACKOFF = tuple(timedelta(seconds=s) for s in (2, 5, 10, 20, 40, 80, 160, 320))
"""After the last one the order is refused: whoever ordered is gone by then, and nothing was taken."""

log = structlog.get_logger()


@dataclass(frozen=True)
class _Leased:
    """What an attempt needs, as plain values: no transaction is open while PayPal is asked."""

    order_id: uuid.UUID
    lease: str
    gateway: Gateway
    publication: Publication
    new: NewSubscription
    """But for its plan."""


class _LeaseLost(Exception):
    """The attempt took longer than its lease, and another one may be under way."""


@jobs.job(CREATE)
def create(order_id: str) -> None:
    """Safe to repeat: PayPal creates one subscription for an order, however often it is asked."""
    try:
        leased = _take(uuid.UUID(order_id))
    except IntegrityError:
        return  # the offer is being published for another order: the next look finds its plan
    if leased is None:
        return
    try:
        _attempt(leased)
    except _LeaseLost:
        log.warning("order.lease_lost", order_id=order_id)
    except OperationalError:
        raise  # the database is gone: the lease runs out, and the order is taken up again
    except Exception:
        log.exception("order.attempt_failed", order_id=order_id)
        _fail(leased, ChangeState.UNKNOWN, Problem.INTERRUPTED)


def _take(order_id: uuid.UUID) -> _Leased | None:
    worker = current_app.config["SETTINGS"].worker_name
    with transaction():
        lease = leases.take(Order, order_id, Order.state == OrderState.OPEN, worker=worker, lasting=LEASE)
        if not lease:
            return None
        order = db.session.get_one(Order, order_id, populate_existing=True)
        account = paypal_account(order.merchant_id)
        if account is None or account.version != order.account_version:
            _refuse(order, Problem.KEYS_CHANGED)
            return None
        gateway = gateway_for(account)
        if gateway is None:
            _refuse(order, Problem.KEYS_UNREADABLE)
            return None
        offer = db.session.get_one(Offer, order.offer_id)
        merchant = db.session.get_one(Merchant, order.merchant_id)
        publication = publication_of(order, account, offer.title)
        return _Leased(order_id, lease, gateway, publication, _new(order, offer, merchant))


def _new(order: Order, offer: Offer, merchant: Merchant) -> NewSubscription:
    base_url = current_app.config["SETTINGS"].base_url
    page = f"{base_url}/portal/{merchant.slug}/offers/{offer.slug}/orders/{order.id}"
    return NewSubscription(
        plan_id="",
        custom_id=str(order.id),
        brand=merchant.name,
        email=order.email,
        given_name=order.given_name,
        family_name=order.family_name,
        return_url=f"{page}?returned=1",
        cancel_url=f"{page}?left=1",
    )


def _attempt(leased: _Leased) -> None:
    try:
        plan_id = publish(leased.gateway, leased.publication)
        new = NewSubscription(**(vars(leased.new) | {"plan_id": plan_id}))
        approval = leased.gateway.create_subscription(new, request_id=str(leased.order_id))
    except PayPalError as error:
        outcome = judged(error)
        stale = isinstance(error, PlanNotFound | Refused)
        _fail(leased, outcome.state, outcome.problem, debug_id=error.debug_id, stale=stale)
    else:
        _await(leased, approval)


def _await(leased: _Leased, approval: RemoteApproval) -> None:
    with transaction():
        order = _held(leased)
        tell_whoever_pays_already(order, add_pending(order, approval.paypal_id))
        order.state, order.approve_url, order.problem = OrderState.AWAITING, approval.approve_url, None
        order.attempts = 0
        plan_next_look(order)


def _fail(
    leased: _Leased,
    state: ChangeState,
    problem: Problem | None,
    *,
    debug_id: str | None = None,
    stale: bool = False,
) -> None:
    with transaction():
        order = _held(leased)
        order.debug_id = debug_id
        if stale:
            forget(leased.publication)
        if state == ChangeState.UNKNOWN and order.attempts <= len(BACKOFF):
            _try_again(order, problem)
        else:
            _refuse(order, problem)


def _held(leased: _Leased) -> Order:
    """Locked. Raises _LeaseLost."""
    query = select(Order).filter_by(id=leased.order_id).with_for_update()
    order = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if order.lease_holder != leased.lease or order.state != OrderState.OPEN:
        raise _LeaseLost
    order.lease_holder = order.lease_until = None
    return order


def _try_again(order: Order, problem: Problem | None) -> None:
    wait = BACKOFF[order.attempts - 1]
    order.problem, order.next_attempt_at = problem, now() + wait
    job_id, partition = f"{order.id}:{order.attempts}", str(order.merchant_id)
    jobs.enqueue(CREATE, str(order.id), job_id=job_id, partition=partition, delay=wait.total_seconds())


def _refuse(order: Order, problem: Problem | None) -> None:
    order.state, order.problem, order.settled_at = OrderState.REFUSED, problem, now()
    order.next_attempt_at = order.lease_holder = order.lease_until = None
    note("order.refused", order, problem=problem)


@jobs.every_minute("take_up_orders")
def take_up() -> None:
    """Find the orders whose attempt is due and whose job was lost, and give them a new one."""
    for order_id, merchant_id, attempts in leases.due(Order, Order.state == OrderState.OPEN):
        with transaction():
            jobs.enqueue(CREATE, str(order_id), job_id=leases.job_id(order_id, attempts), partition=str(merchant_id))


@jobs.before_work
def release_own_leases() -> None:
    with transaction():
        leases.release(Order, Order.state == OrderState.OPEN, worker=current_app.config["SETTINGS"].worker_name)
