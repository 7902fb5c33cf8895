"""Kooneo's worker as a run plays it: the jobs are those that Kooneo has written into its queue, and so are the schedules."""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from support.running import in_app

from faults.perils import Died, Peril
from faults.world import World
from kooneo import jobs
from kooneo.clock import now
from kooneo.extensions import db

Job = tuple[str, str, str]
"""Its id, the function's name, the argument."""


@in_app
def _waiting() -> tuple[tuple[Job, datetime], ...]:
    """From the engine's own tables: what waits, and from when on it may be taken. In the order of the ids: the engine notes the
    machine's time, which is not the run's."""
    status, given = (f"{_schema()}workflow_{name}" for name in ("status", "input"))
    columns = "workflow_uuid, coalesce(given.inputs, status.inputs), coalesce(delay_until_epoch_ms, 0)"
    query = (
        f"SELECT {columns} FROM {status} AS status LEFT JOIN {given} AS given USING (workflow_uuid)"
        " WHERE status IN ('ENQUEUED', 'DELAYED') ORDER BY workflow_uuid"
    )
    return tuple(
        ((job_id, *json.loads(inputs)["positionalArgs"]), datetime.fromtimestamp(due / 1000, UTC))
        for job_id, inputs, due in db.session.execute(text(query))
    )


def _schema() -> str:
    return "dbos." if db.engine.dialect.name == "postgresql" else ""


def due_jobs() -> list[Job]:
    instant = now()
    return [job for job, due in _waiting() if due <= instant]


def planned() -> list[datetime]:
    """When the queue has work again."""
    return [due for _job, due in _waiting()]


@in_app
def is_over(job: Job) -> None:
    query = text(f"UPDATE {_schema()}workflow_status SET status = 'SUCCESS' WHERE workflow_uuid = :id")
    db.session.execute(query, {"id": job[0]})
    db.session.commit()


def forget_everything() -> None:
    """The next run finds an empty queue."""
    for job, _due in _waiting():
        is_over(job)


def run(world: World, job: Job) -> None:
    """One job. A failed one is over, as the engine has it; a dead worker comes back with what it had."""
    try:
        in_app(jobs.functions[job[1]])(job[2])
    except Died:
        world.tell("  the worker dies")
        restart()
        return
    except OperationalError:
        world.tell("  the database is gone for a moment")
    with world.perils.none():
        is_over(job)


def restart() -> None:
    for prepare in jobs.at_start:
        in_app(prepare)()


def sweep(world: World, *, but: Collection[str] = ()) -> None:
    """What the worker does every minute, `but` for the schedules of these names."""
    for name, (cron, look) in jobs.schedules.items():
        if cron == "* * * * *" and name not in but:
            _scheduled(world, name, look)


def _scheduled(world: World, name: str, look: Callable[[], None]) -> None:
    try:
        in_app(look)()
    except Died:
        world.tell(f"  the worker dies in {name}")
        restart()
    except OperationalError:
        world.tell(f"  the database is gone for a moment in {name}")


@contextmanager
def in_peril(world: World, peril: Peril, meanwhile: Callable[[], object]) -> Iterator[None]:
    """Counted only if it came to pass."""
    with world.perils.planned(peril, world.fate.number(0, 4), meanwhile) as plan:
        yield
    if plan.happened:
        world.at_paypal.injected[peril.value] += 1
        world.tell(f"  {peril}")
