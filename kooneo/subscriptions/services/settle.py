"""Carrying out a change of status at PayPal. Only the worker does it, one attempt a job, under a lease on the row."""

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from kooneo import jobs, leases
from kooneo.billing.services.request import refund_after_the_end
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor
from kooneo.paypal import Gateway, RemoteSubscription
from kooneo.settings.services import gateway_for, paypal_account
from kooneo.subscriptions.conversation import carry_out
from kooneo.subscriptions.effects import become
from kooneo.subscriptions.lifecycle import Action, AtPayPal, SubscriptionStatus
from kooneo.subscriptions.models import UNSETTLED, ActorKind, ChangeState, StatusChange, Subscription
from kooneo.subscriptions.outcomes import Outcome
from kooneo.subscriptions.problems import Problem
from kooneo.subscriptions.services.notes import note_change
from kooneo.subscriptions.services.request import SETTLE
from kooneo.subscriptions.services.tell import tell_of_the_end
from kooneo.subscriptions.services.truth import ended_at, take_over, truth

# The slowest attempt: four requests, a renewed token before each, some 27 s apiece (kooneo.paypal.transport).
LEASE = timedelta(minutes=4)
# Less than this left of the lease, and PayPal is not told any more: another attempt may begin before it has answered.
_TIME_TO_SEND = timedelta(minutes=2)

# Before the second attempt, the third… After the last one a person must look: some seventeen hours in all.
BACKOFF = tuple(
    timedelta(seconds=s) for s in (5, 10, 20, 40, 60, 120, 300, 600, 900, 1800, 3600, 3600, 7200, 14400, 28800)
)

_PLACES = {ActorKind.CUSTOMER: "portal", ActorKind.MEMBER: "back_office"} | dict.fromkeys(
    (ActorKind.PAYPAL, ActorKind.KOONEO), "worker"
)

log = structlog.get_logger()


@dataclass(frozen=True)
class _Leased:
    """What an attempt needs, as plain values: no transaction is open while PayPal is asked."""

    change_id: uuid.UUID
    lease: str
    paypal_id: str
    gateway: Gateway | Problem
    """Or why there is none."""
    sent_before: bool
    wish: AtPayPal


class _LeaseLost(Exception):
    """The attempt took longer than its lease, and another one may be under way."""


@jobs.job(SETTLE)
def settle(change_id: str) -> None:
    """One attempt to carry out a change. Safe to repeat: without the lease, or once settled, it does nothing."""
    leased = _take(uuid.UUID(change_id))
    if leased is None:
        return
    try:
        outcome = _attempt(leased)
        _settle(leased, outcome)
    except _LeaseLost:
        log.warning("change.lease_lost", change_id=change_id)
    except OperationalError:
        raise  # the database is gone: the lease runs out, and the change is taken up again
    except Exception:
        # Our own mistake must not become a change that is tried for ever, or a record that claims to know.
        log.exception("change.attempt_failed", change_id=change_id)
        _settle(leased, Outcome(ChangeState.UNKNOWN, problem=Problem.INTERRUPTED))


def _take(change_id: uuid.UUID) -> _Leased | None:
    worker = current_app.config["SETTINGS"].worker_name
    with transaction():
        lease = leases.take(StatusChange, change_id, UNSETTLED, worker=worker, lasting=LEASE)
        if not lease:
            return None
        change = db.session.get_one(StatusChange, change_id)
        subscription = db.session.get_one(Subscription, change.subscription_id)
        if change.attempts > len(BACKOFF) + 1:
            # Every attempt died before it could say so.
            _stop(subscription, change, Outcome(ChangeState.NEEDS_ATTENTION, problem=Problem.INTERRUPTED))
            return None
        return _Leased(
            change_id,
            lease,
            subscription.paypal_id or "",
            _gateway(change),
            change.sent_at is not None,
            change.at_paypal,
        )


def _gateway(change: StatusChange) -> Gateway | Problem:
    """With the keys the change was asked for, or none: a change is never sent to another account."""
    account = paypal_account(change.merchant_id)
    if account is None or account.version != change.account_version:
        return Problem.KEYS_CHANGED
    return gateway_for(account) or Problem.KEYS_UNREADABLE


def _attempt(leased: _Leased) -> Outcome:
    if leased.gateway == Problem.KEYS_CHANGED:
        state = ChangeState.NEEDS_ATTENTION if leased.sent_before else ChangeState.REFUSED
        return Outcome(state, problem=Problem.KEYS_CHANGED)
    if isinstance(leased.gateway, Problem):
        # Our own set-up is wrong, which says nothing about the request: it waits.
        return Outcome(ChangeState.UNKNOWN, problem=leased.gateway)
    return carry_out(
        leased.wish,
        leased.gateway,
        leased.paypal_id,
        sent_before=leased.sent_before,
        before_sending=lambda remote: _mark_sent(leased, remote),
    )


def _mark_sent(leased: _Leased, remote: RemoteSubscription) -> None:
    """Committed before PayPal is told: whoever finds this row later knows that the cancellation may have happened, and what
    PayPal's record said before it, such as the next billing date or a suspension.

    Raises _LeaseLost: then PayPal must not be told.
    """
    with transaction():
        change, subscription = _held(leased)
        if change.lease_until is None or change.lease_until - now() < _TIME_TO_SEND:
            raise _LeaseLost
        change.sent_at = change.sent_at or now()
        take_over(subscription, remote)


def _held(leased: _Leased) -> tuple[StatusChange, Subscription]:
    """Both rows, locked. Raises _LeaseLost."""
    query = select(StatusChange).filter_by(id=leased.change_id).with_for_update()
    change = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if change.lease_holder != leased.lease or change.state.settled:
        raise _LeaseLost
    return change, db.session.get_one(Subscription, change.subscription_id, with_for_update=True)


def _settle(leased: _Leased, outcome: Outcome) -> None:
    with transaction():
        change, subscription = _held(leased)
        change.lease_holder = change.lease_until = None
        change.debug_id = outcome.debug_id or change.debug_id
        if outcome.state == ChangeState.DONE and outcome.remote:
            _done(subscription, change, outcome, outcome.remote)
            return
        if outcome.remote is not None:
            take_over(subscription, outcome.remote)
        if outcome.state == ChangeState.UNKNOWN:
            _try_again(subscription, change, outcome)
        else:
            _stop(subscription, change, outcome)


def _done(subscription: Subscription, change: StatusChange, outcome: Outcome, remote: RemoteSubscription) -> None:
    stopped = change.action == Action.STOP
    target = change.wished_status if stopped else truth(change.wished_status, remote)
    take_over(subscription, remote, reached=target)
    if target is None:
        _stop(subscription, change, Outcome(ChangeState.REFUSED, remote, problem=Problem.NOT_APPROVED))
        return
    # What PayPal had suspended before Kooneo asked was not this pause.
    paused = change.action == Action.PAUSE and target == SubscriptionStatus.SUSPENDED and not outcome.already_done
    was, subscription.check_problem = subscription.status, None
    become(subscription, target, at=ended_at(remote), paused=paused, resume_on=change.resume_on)
    change.to_status = target
    change.already_done = outcome.already_done
    change.paypal_status, change.paypal_at = remote.status, remote.status_updated_at
    _close(change, ChangeState.DONE)
    _note("subscription.stopped" if stopped else f"subscription.{target}", subscription, change)
    tell_of_the_end(subscription, change, was=was)
    refund_after_the_end(change, by=_asker(change))


def _try_again(subscription: Subscription, change: StatusChange, outcome: Outcome) -> None:
    if change.attempts > len(BACKOFF):
        _stop(subscription, change, replace(outcome, state=ChangeState.NEEDS_ATTENTION))
        return
    change.problem, change.problem_detail = outcome.problem, outcome.detail
    wait = max(BACKOFF[change.attempts - 1], timedelta(seconds=outcome.retry_after or 0))
    change.state = ChangeState.UNKNOWN
    change.next_attempt_at = now() + wait
    jobs.enqueue(
        SETTLE,
        str(change.id),
        job_id=f"{change.id}:{change.attempts}",
        partition=str(change.merchant_id),
        delay=wait.total_seconds(),
    )


def _stop(subscription: Subscription, change: StatusChange, outcome: Outcome) -> None:
    change.problem, change.problem_detail = outcome.problem, outcome.detail
    change.lease_holder = change.lease_until = None
    _close(change, outcome.state)
    _note(f"subscription.{change.action}_{outcome.state}", subscription, change)


def _close(change: StatusChange, state: ChangeState) -> None:
    change.state, change.settled_at, change.next_attempt_at = state, now(), None
    if state == ChangeState.DONE:
        change.problem = change.problem_detail = None


def _note(event: str, subscription: Subscription, change: StatusChange) -> None:
    note_change(event, subscription, change, by=_asker(change))


def _asker(change: StatusChange) -> Actor:
    return Actor(change.actor_kind, change.actor_name, _PLACES[change.actor_kind], change.actor_id)


@jobs.every_minute("take_up_changes")
def take_up() -> None:
    """Find the changes whose attempt is due and whose job was lost, and give them a new one."""
    for change_id, merchant_id, attempts in leases.due(StatusChange, UNSETTLED):
        with transaction():
            job_id = leases.job_id(change_id, attempts)
            jobs.enqueue(SETTLE, str(change_id), job_id=job_id, partition=str(merchant_id))


@jobs.before_work
def release_own_leases() -> None:
    with transaction():
        leases.release(StatusChange, UNSETTLED, worker=current_app.config["SETTINGS"].worker_name)
