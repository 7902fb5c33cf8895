"""The row of a run: how a step ends, and when the next one is."""

import uuid
from datetime import timedelta

from sqlalchemy import Select, select

from kooneo import jobs
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.subscriptions.problems import Problem
from kooneo.subscriptions.reconciliations import UNFINISHED, Reconciliation

STEP = "subscriptions.reconcile"

PACE = timedelta(seconds=1)
"""Between two steps: PayPal limits how often it is asked, and a person's own requests come first."""

BACKOFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360))
"""After a step that could not be made. After the last one the run is over; the next night begins another."""


def go_on(run: Reconciliation) -> None:
    run.attempts, run.problem = 0, None
    plan(run, PACE)


def wait(run: Reconciliation, problem: Problem | None, retry_after: float | None = None) -> None:
    if run.attempts > len(BACKOFF):
        finish(run, problem)
        return
    run.problem = problem
    plan(run, max(BACKOFF[run.attempts - 1], timedelta(seconds=retry_after or 0)))


def plan(run: Reconciliation, delay: timedelta) -> None:
    run.lease_holder = run.lease_until = None
    run.next_attempt_at = now() + delay
    db.session.flush()
    enqueue(run.id, run.merchant_id, f"{run.id}:{uuid.uuid4()}", delay=delay.total_seconds())


def enqueue(run_id: uuid.UUID, merchant_id: uuid.UUID, job_id: str, *, delay: float = 0) -> None:
    jobs.enqueue(STEP, str(run_id), job_id=job_id, partition=str(merchant_id), delay=delay, queue=jobs.CHECKS)


def finish(run: Reconciliation, problem: Problem | str | None) -> None:
    run.finished_at, run.problem = now(), problem
    run.next_attempt_at = run.lease_holder = run.lease_until = None


def unfinished(merchant_id: uuid.UUID) -> Select[Reconciliation]:
    return select(Reconciliation).filter_by(merchant_id=merchant_id).where(UNFINISHED).with_for_update()
