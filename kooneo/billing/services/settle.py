"""Having PayPal refund. Only the worker does it, one attempt a job, under a lease on the row."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

import structlog
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from kooneo import jobs, leases
from kooneo.billing.conversation import Refunded, carry_out
from kooneo.billing.models import Payment
from kooneo.billing.refunds import UNSETTLED, RefundRequest
from kooneo.billing.services.closing import close, done, note_by_asker
from kooneo.billing.services.give_back import GivenBack, write_down
from kooneo.billing.services.request import REFUND
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.money import Money
from kooneo.paypal import Gateway
from kooneo.settings.services import gateway_for, paypal_account
from kooneo.subscriptions.models import ChangeState
from kooneo.subscriptions.outcomes import Outcome
from kooneo.subscriptions.problems import Problem
from kooneo.subscriptions.services.settle import BACKOFF, LEASE

_TIME_TO_SEND = timedelta(minutes=2)

log = structlog.get_logger()


@dataclass(frozen=True)
class _Leased:
    """What an attempt needs, as plain values: no transaction is open while PayPal is asked."""

    refund_id: uuid.UUID
    lease: str
    transaction_id: str
    amount: Money
    gateway: Gateway | Problem
    sent_before: bool


class _LeaseLost(Exception):
    """The attempt took longer than its lease, and another one may be under way."""


@jobs.job(REFUND)
def settle(refund_id: str) -> None:
    """One attempt to refund. Safe to repeat: without the lease, or once settled, it does nothing."""
    leased = _take(uuid.UUID(refund_id))
    if leased is None:
        return
    try:
        _settle(leased, _attempt(leased))
    except _LeaseLost:
        log.warning("refund.lease_lost", refund_id=refund_id)
    except OperationalError:
        raise  # the database is gone: the lease runs out, and the refund is taken up again
    except Exception:
        log.exception("refund.attempt_failed", refund_id=refund_id)
        _settle(leased, Refunded(Outcome(ChangeState.UNKNOWN, problem=Problem.INTERRUPTED)))


def _take(refund_id: uuid.UUID) -> _Leased | None:
    worker = current_app.config["SETTINGS"].worker_name
    with transaction():
        lease = leases.take(RefundRequest, refund_id, UNSETTLED, worker=worker, lasting=LEASE)
        if not lease:
            return None
        refund = db.session.get_one(RefundRequest, refund_id, populate_existing=True)
        payment = db.session.get_one(Payment, refund.payment_id)
        if refund.attempts > len(BACKOFF) + 1:
            # Every attempt died before it could say so.
            _stop(payment, refund, Outcome(ChangeState.NEEDS_ATTENTION, problem=Problem.INTERRUPTED))
            return None
        sent = refund.sent_at is not None
        transaction_id = payment.paypal_transaction_id or ""
        return _Leased(refund_id, lease, transaction_id, refund.amount, _gateway(refund), sent)


def _gateway(refund: RefundRequest) -> Gateway | Problem:
    """With the keys it was asked for, or none."""
    account = paypal_account(refund.merchant_id)
    if account is None or account.version != refund.account_version:
        return Problem.KEYS_CHANGED
    return gateway_for(account) or Problem.KEYS_UNREADABLE


def _attempt(leased: _Leased) -> Refunded:
    if leased.gateway == Problem.KEYS_CHANGED:
        state = ChangeState.NEEDS_ATTENTION if leased.sent_before else ChangeState.REFUSED
        return Refunded(Outcome(state, problem=Problem.KEYS_CHANGED))
    if isinstance(leased.gateway, Problem):
        return Refunded(Outcome(ChangeState.UNKNOWN, problem=leased.gateway))
    return carry_out(
        leased.gateway,
        leased.transaction_id,
        leased.amount,
        request_id=str(leased.refund_id),
        sent_before=leased.sent_before,
        before_sending=lambda: _mark_sent(leased),
    )


def _mark_sent(leased: _Leased) -> None:
    """Committed before PayPal is told. Raises _LeaseLost."""
    with transaction():
        refund, _payment = _held(leased)
        if refund.lease_until is None or refund.lease_until - now() < _TIME_TO_SEND:
            raise _LeaseLost
        refund.sent_at = refund.sent_at or now()


def _held(leased: _Leased) -> tuple[RefundRequest, Payment]:
    """Both rows, locked. Raises _LeaseLost."""
    query = select(RefundRequest).filter_by(id=leased.refund_id).with_for_update()
    refund = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if refund.lease_holder != leased.lease or refund.state.settled:
        raise _LeaseLost
    return refund, db.session.get_one(Payment, refund.payment_id, with_for_update=True, populate_existing=True)


def _settle(leased: _Leased, refunded: Refunded) -> None:
    outcome = refunded.outcome
    with transaction():
        refund, payment = _held(leased)
        refund.lease_holder = refund.lease_until = None
        refund.debug_id = outcome.debug_id or refund.debug_id
        if outcome.state == ChangeState.DONE:
            _done(payment, refund, refunded)
        elif outcome.state == ChangeState.UNKNOWN and refund.attempts <= len(BACKOFF):
            _try_again(refund, outcome)
        else:
            _stop(payment, refund, outcome)


def _done(payment: Payment, refund: RefundRequest, refunded: Refunded) -> None:
    if refunded.refund:
        refund.paypal_refund_id = refunded.refund.refund_id
        name = refunded.refund.refund_id or str(refund.id)
        write_down(payment, GivenBack(name, refund.amount, refunded.refund.total, now()))
    if refunded.whole:
        payment.refunded_minor, payment.refunded_at = payment.amount_minor, payment.refunded_at or now()
    done(payment, refund)


def _try_again(refund: RefundRequest, outcome: Outcome) -> None:
    refund.state, refund.problem, refund.problem_detail = ChangeState.UNKNOWN, outcome.problem, outcome.detail
    wait = max(BACKOFF[refund.attempts - 1], timedelta(seconds=outcome.retry_after or 0))
    refund.next_attempt_at = now() + wait
    job_id, partition = f"{refund.id}:{refund.attempts}", str(refund.merchant_id)
    jobs.enqueue(REFUND, str(refund.id), job_id=job_id, partition=partition, delay=wait.total_seconds())


def _stop(payment: Payment, refund: RefundRequest, outcome: Outcome) -> None:
    refund.lease_holder = refund.lease_until = None
    refused = outcome.state == ChangeState.REFUSED
    if refund.paypal_refund_id and not refused:
        done(payment, refund)  # never answered, and a notification has told of it
        return
    refund.problem, refund.problem_detail = outcome.problem, outcome.detail
    # Asked, and never answered: nobody may say that nothing was given back.
    close(refund, ChangeState.REFUSED if refused else ChangeState.NEEDS_ATTENTION)
    note_by_asker(f"payment.refund_{refund.state}", payment, refund)


@jobs.every_minute("take_up_refunds")
def take_up() -> None:
    """Find the refunds whose attempt is due and whose job was lost, and give them a new one."""
    for refund_id, merchant_id, attempts in leases.due(RefundRequest, UNSETTLED):
        with transaction():
            job_id = leases.job_id(refund_id, attempts)
            jobs.enqueue(REFUND, str(refund_id), job_id=job_id, partition=str(merchant_id))


@jobs.before_work
def release_own_leases() -> None:
    with transaction():
        leases.release(RefundRequest, UNSETTLED, worker=current_app.config["SETTINGS"].worker_name)
