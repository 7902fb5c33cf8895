"""Carrying a takeover on, one small batch a job: PayPal is asked first, and then everything is written in one transaction.

A batch that never gets written has changed nothing. A batch is written only while the takeover is still in the step that it
was read for: of two workers that ask the same, one writes.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from kooneo import jobs
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.paypal import Gateway
from kooneo.settings.services import gateway_for, paypal_account
from kooneo.takeover.models import Takeover, TakeoverItem
from kooneo.takeover.services.decide import halt, held, same_account
from kooneo.takeover.services.errands import Errand, Hitch, Nothing
from kooneo.takeover.services.jobs import WORK, Then, by_job
from kooneo.takeover.services.listing import Listing
from kooneo.takeover.services.reading import Reading, items
from kooneo.takeover.services.taking import Taking
from kooneo.takeover.states import ItemState, Problem, Reason, TakeoverState

_BATCH = 25
_ATTEMPTS = 8
"""Of one id in vain, before it is left to a person."""
_LOST_AFTER = timedelta(minutes=4)
"""Longer than the slowest batch (errands._SECONDS, and the answers of kooneo.paypal.transport)."""

# After a batch that brought nothing, before the next one. After the last, some five hours in all, a person must look.
BACKOFF = tuple(timedelta(seconds=s) for s in (5, 10, 20, 40, 60, 120, 300, 600, 900, 1800, 3600, 3600, 7200))

log = structlog.get_logger()


@dataclass(frozen=True)
class _Step:
    takeover_id: uuid.UUID
    number: int
    gateway: Gateway
    errand: Errand


@jobs.job(WORK)
def work(argument: str) -> None:
    """One step. Safe to repeat: one that is over does nothing."""
    takeover_id, number = argument.split()
    carry_on(uuid.UUID(takeover_id), int(number), then=by_job)


def carry_on(takeover_id: uuid.UUID, number: int, *, then: Then) -> None:
    step = _prepared(takeover_id, number)
    if step is None:
        return
    try:
        _write(step, step.errand.ask(step.gateway), then)
    except OperationalError:
        raise  # the database is gone: the sweep takes it up
    except Exception:
        log.exception("takeover.step_failed", takeover_id=str(takeover_id), step=number)
        _write(replace(step, errand=Nothing()), Hitch(Problem.INTERRUPTED, step.errand.ids), then)


def _prepared(takeover_id: uuid.UUID, number: int) -> _Step | None:
    """What is to be asked now, as plain values. None: nothing, or not with these keys."""
    takeover = db.session.get(Takeover, takeover_id, populate_existing=True)
    if takeover is None or takeover.step != number or not takeover.state.moves:
        return None
    gateway = _gateway(takeover)
    if isinstance(gateway, Problem):
        _stop(takeover_id, number, gateway)
        return None
    step = _Step(takeover_id, number, gateway, _errand(takeover))
    db.session.rollback()  # no transaction is open while PayPal is asked
    return step


def _gateway(takeover: Takeover) -> Gateway | Problem:
    account = paypal_account(takeover.merchant_id)
    if account is None:
        return Problem.KEYS_MISSING
    if not same_account(takeover):
        return Problem.KEYS_CHANGED
    return gateway_for(account) or Problem.KEYS_UNREADABLE


def _stop(takeover_id: uuid.UUID, number: int, problem: Problem) -> None:
    with transaction():
        takeover = held(takeover_id)
        if takeover.step == number and takeover.state.moves:
            halt(takeover, problem)


def _errand(takeover: Takeover) -> Errand:
    if takeover.next_page:
        return Listing(takeover.next_page)
    kind = Taking if takeover.state == TakeoverState.RUNNING else Reading
    return kind.of(takeover, _next_ids(takeover))


def _next_ids(takeover: Takeover) -> Sequence[str]:
    """Those that nobody has asked for in vain first; then one of the others alone, so that it spoils no batch."""
    state = ItemState.FOUND if takeover.state == TakeoverState.RUNNING else ItemState.WAITING
    query = select(TakeoverItem.paypal_id, TakeoverItem.attempts).filter_by(takeover_id=takeover.id, state=state)
    found = db.session.execute(query.order_by(TakeoverItem.attempts, TakeoverItem.position).limit(_BATCH)).all()
    return [row.paypal_id for row in found if not row.attempts] or [row.paypal_id for row in found[:1]]


def _write(step: _Step, hitch: Hitch | None, then: Then) -> None:
    with transaction():
        takeover = held(step.takeover_id)
        if takeover.step != step.number or not takeover.state.moves:
            return  # stopped meanwhile, or written by another worker
        progress = step.errand.write(takeover)
        if hitch:
            _count(takeover, hitch.in_vain)
        takeover.step += 1
        takeover.touched_at = now()
        takeover.problem = hitch.problem if hitch else None
        takeover.failures = takeover.failures + 1 if hitch and not progress else 0
        _go_on(takeover, hitch, then)


def _count(takeover: Takeover, ids: Sequence[str]) -> None:
    for item in items(takeover, ids):
        item.attempts += 1
        if item.attempts >= _ATTEMPTS:
            item.state, item.reason = ItemState.TO_CHECK, Reason.NO_ANSWER


def _go_on(takeover: Takeover, hitch: Hitch | None, then: Then) -> None:
    if hitch and (hitch.final or takeover.failures > len(BACKOFF)):
        halt(takeover, hitch.problem)
    elif takeover.next_page or _next_ids(takeover):
        wait = _wait(takeover, hitch) if hitch else timedelta()
        takeover.next_attempt_at = now() + wait
        then(takeover, wait.total_seconds())
    else:
        _finish(takeover)


def _wait(takeover: Takeover, hitch: Hitch) -> timedelta:
    usual = BACKOFF[max(takeover.failures, 1) - 1]
    return max(usual, timedelta(seconds=hitch.retry_after))


def _finish(takeover: Takeover) -> None:
    takeover.problem = takeover.next_attempt_at = None
    if takeover.state == TakeoverState.READING:
        takeover.state = TakeoverState.READY
    else:
        takeover.state, takeover.ended_at = TakeoverState.DONE, now()


@jobs.every_minute("take_up_takeovers")
def take_up() -> None:
    """Find those whose next step is due and whose job was lost, and give them a new one."""
    ago = now() - _LOST_AFTER
    moving = [state for state in TakeoverState if state.moves]
    lost = select(Takeover.id, Takeover.step, Takeover.merchant_id).where(
        Takeover.state.in_(moving), Takeover.next_attempt_at <= ago, Takeover.touched_at <= ago
    )
    five_minutes = int(now().timestamp()) // 300
    for takeover_id, number, merchant_id in db.session.execute(lost).all():
        with transaction():
            # An engine ignores an id that it has seen, even one whose job failed: each look gets a new one.
            job_id = f"takeover:{takeover_id}:{number}:{five_minutes}"
            jobs.enqueue(WORK, f"{takeover_id} {number}", job_id=job_id, partition=str(merchant_id))
