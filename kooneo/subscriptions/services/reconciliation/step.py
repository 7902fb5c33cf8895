"""One step of a run: a page of PayPal's list, or a few questions."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from kooneo import jobs, leases
from kooneo.extensions import db, transaction
from kooneo.paypal import Gateway, PayPalError, RemoteSubscription
from kooneo.settings.services import gateway_for, paypal_account
from kooneo.subscriptions.outcomes import judged
from kooneo.subscriptions.problems import Problem
from kooneo.subscriptions.reconciliations import UNFINISHED, Reconciliation, next_to_look_at
from kooneo.subscriptions.services.conclude import agree, conclude, stop_what_began_after_its_end
from kooneo.subscriptions.services.reconciliation.runs import BACKOFF, STEP, finish, go_on, wait

LOOKS = 10
"""In one step: at the slowest, well within its lease."""
LEASE = timedelta(minutes=10)

_SILENCES = 2
"""How often nobody at all could be read before each of them is called unreadable, and the run goes on."""
_STOPS_THE_MERCHANT = (Problem.CREDENTIALS, Problem.RATE_LIMITED)

log = structlog.get_logger()


@dataclass(frozen=True)
class _Leased:
    """What a step needs, as plain values: no transaction is open while PayPal is asked."""

    run_id: uuid.UUID
    merchant_id: uuid.UUID
    lease: str
    gateway: Gateway
    page: int | None
    batch: Sequence[tuple[uuid.UUID, str]]
    attempts: int


class _LeaseLost(Exception):
    """The step took longer than its lease, or another run has begun."""


@jobs.job(STEP)
def step(run_id: str) -> None:
    """Safe to repeat: without the lease, or once finished, it does nothing."""
    leased = _take(uuid.UUID(run_id))
    if leased is None:
        return
    try:
        if leased.page is not None:
            _read_page(leased, leased.page)
        else:
            _look(leased)
    except _LeaseLost:
        log.warning("reconciliation.lease_lost", run_id=run_id)
    except OperationalError:
        raise  # the database is gone: the lease runs out, and the run is taken up again
    except Exception:
        # Our own mistake must not become a run that is tried for ever.
        log.exception("reconciliation.step_failed", run_id=run_id)
        with suppress(_LeaseLost):
            _stand_still(leased, Problem.INTERRUPTED)


def _take(run_id: uuid.UUID) -> _Leased | None:
    worker = current_app.config["SETTINGS"].worker_name
    with transaction():
        lease = leases.take(Reconciliation, run_id, UNFINISHED, worker=worker, lasting=LEASE)
        if not lease:
            return None
        run = db.session.get_one(Reconciliation, run_id, populate_existing=True)
        gateway = _gateway(run.merchant_id)
        if gateway is None:
            finish(run, Problem.KEYS_CHANGED)
            return None
        if isinstance(gateway, Problem):
            wait(run, gateway)
            return None
        if run.attempts > len(BACKOFF) + 1:
            finish(run, Problem.INTERRUPTED)  # every step died before it could say so
            return None
        batch = [] if run.page else [(row.id, row.paypal_id or "") for row in next_to_look_at(run, LOOKS)]
        if not run.page and not batch:
            finish(run, None)
            return None
        return _Leased(run_id, run.merchant_id, lease, gateway, run.page, batch, run.attempts)


def _gateway(merchant_id: uuid.UUID) -> Gateway | Problem | None:
    """None without keys."""
    account = paypal_account(merchant_id)
    return (gateway_for(account) or Problem.KEYS_UNREADABLE) if account else None


def _read_page(leased: _Leased, number: int) -> None:
    try:
        page = leased.gateway.list_subscriptions(number, in_force=True)
    except PayPalError as error:
        outcome = judged(error)
        silent = outcome.problem == Problem.UNREACHABLE and leased.attempts <= _SILENCES
        if outcome.problem in _STOPS_THE_MERCHANT or silent:
            _stand_still(leased, outcome.problem, outcome.retry_after)
            return
        with _progress(leased) as run:
            run.page = None  # these keys, or this PayPal, list nothing
            go_on(run)
        return
    with _progress(leased) as run:
        run.looked_at += sum(agree(leased.merchant_id, remote) for remote in page.whole)
        run.page = number + 1 if page.more and page.whole else None
        go_on(run)


def _look(leased: _Leased) -> None:
    silent = []
    for subscription_id, paypal_id in leased.batch:
        try:
            remote = leased.gateway.get_subscription(paypal_id)
        except PayPalError as error:
            outcome = judged(error)
            if outcome.problem in _STOPS_THE_MERCHANT:
                _stand_still(leased, outcome.problem, outcome.retry_after)
                return
            if outcome.problem == Problem.UNREACHABLE:
                silent.append(subscription_id)
            else:
                _unreadable(leased, subscription_id, outcome.problem)
        else:
            _conclude(leased, subscription_id, remote)
    if len(silent) == len(leased.batch) and leased.attempts <= _SILENCES:
        _stand_still(leased, Problem.UNREACHABLE)  # it is PayPal that is away, not one of these
        return
    for subscription_id in silent:
        _unreadable(leased, subscription_id, Problem.UNREACHABLE)
    with _progress(leased) as run:
        go_on(run)


def _conclude(leased: _Leased, subscription_id: uuid.UUID, remote: RemoteSubscription) -> None:
    with _progress(leased) as run:
        run.looked_at += 1
        run.changed += conclude(subscription_id, remote, None)
    stop_what_began_after_its_end(subscription_id)


def _unreadable(leased: _Leased, subscription_id: uuid.UUID, problem: Problem | None) -> None:
    with _progress(leased) as run:
        run.looked_at += 1
        run.unreadable += 1
        conclude(subscription_id, None, problem)


def _stand_still(leased: _Leased, problem: Problem | None, retry_after: float | None = None) -> None:
    with _progress(leased) as run:
        wait(run, problem, retry_after)


@contextmanager
def _progress(leased: _Leased) -> Iterator[Reconciliation]:
    """The run, locked, in a transaction of its own. Raises _LeaseLost."""
    with transaction():
        query = select(Reconciliation).filter_by(id=leased.run_id).with_for_update()
        run = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
        if run is None or run.finished_at or run.lease_holder != leased.lease:
            raise _LeaseLost
        yield run
