"""The worker: takes jobs from the database and runs them, one attempt each."""

import fcntl
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer
from flask import Flask

from kooneo import jobs
from kooneo.clock import now
from kooneo.jobs.outages import OneLineAnOutage
from kooneo.jobs.signs import EVERY, give_sign

_SLOTS = {jobs.QUEUE: 16, jobs.MAIL: 6, jobs.CHECKS: 4}
_SLOTS_PER_PARTITION = 2
_POLL_SECONDS = 0.2
_KEEP = timedelta(days=7)
_DRAIN_SECONDS = 40

log = structlog.get_logger()
_outages = OneLineAnOutage()


class AlreadyRunning(RuntimeError):
    """Two workers under one name would run the same job at once."""


def run(app: Flask) -> None:
    """Work until SIGTERM or SIGINT; then finish what is under way. Raises AlreadyRunning."""
    settings = app.config["SETTINGS"]
    with _alone(settings.instance / "run", settings.worker_name):
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        with app.app_context():
            for prepare in jobs.at_start:
                prepare()
        start(app)
        log.info("worker.started", name=settings.worker_name)
        _live(app, settings.worker_name, stop)
        DBOS.destroy(workflow_completion_timeout_sec=_DRAIN_SECONDS)
        log.info("worker.stopped")


def _live(app: Flask, name: str, stop: threading.Event) -> None:
    while True:
        with app.app_context():
            give_sign(name)
        if stop.wait(EVERY.total_seconds()):
            return


def start(app: Flask) -> None:
    """Launch the engine in this process. A name that comes back takes up the work it had when it died."""
    settings = app.config["SETTINGS"]
    _register(app)
    logging.getLogger("dbos").addFilter(_outages)
    DBOS(config=_config(settings.database_url, settings.worker_name))
    DBOS.launch()
    for queue, slots in _SLOTS.items():
        DBOS.register_queue(
            queue,
            worker_concurrency=slots,
            partition_worker_concurrency=_SLOTS_PER_PARTITION,
            polling_interval_sec=_POLL_SECONDS,
            on_conflict="always_update",
        )
    DBOS.apply_schedules(
        [
            {"schedule_name": name, "workflow_fn": _scheduled, "schedule": cron, "context": name}
            for name, (cron, _function) in jobs.schedules.items()
        ]
        + [
            {
                "schedule_name": "forget_old_jobs",
                "workflow_fn": _forget_old_jobs,
                "schedule": "17 3 * * *",
                "context": "",
            }
        ]
    )


def migrate(database_url: str) -> None:
    """Create or bring up to date the engine's own tables in the same database."""
    DBOS.migrate(database_url)


def _config(database_url: str, name: str) -> DBOSConfig:
    return {
        "name": jobs.APPLICATION,
        "system_database_url": database_url,
        "executor_id": name,
        "application_version": jobs.APPLICATION_VERSION,
        "serializer": DBOSPortableJSONSerializer(),
        "log_level": "WARNING",
        "run_migrations": False,
        "scheduler_polling_interval_sec": 1.0,
        "notification_listener_polling_interval_sec": 0.1,
    }


_app: Flask
_scheduled: Any
_forget_old_jobs: Any


def _register(app: Flask) -> None:
    global _app, _scheduled, _forget_old_jobs  # noqa: PLW0603 - the engine's registry is one per process too
    _app = app

    @DBOS.step(name="attempt")
    def attempt(name: str, argument: str) -> None:
        with app.app_context():
            jobs.functions[name](argument)

    @DBOS.workflow(name=jobs.WORKFLOW)
    def run_job(name: str, argument: str) -> None:
        attempt(name, argument)

    @DBOS.step(name="tick")
    def tick(name: str) -> None:
        with app.app_context():
            jobs.schedules[name][1]()

    @DBOS.workflow(name="scheduled")
    def scheduled(_when: Any, name: str) -> None:
        tick(name)

    @DBOS.workflow(name="forget_old_jobs")
    def forget_old_jobs(_when: Any, _context: str) -> None:
        forget_before((now() - _KEEP).isoformat())

    @DBOS.step(name="forget_before")
    def forget_before(instant: str) -> None:
        while old := DBOS.list_workflows(status=["SUCCESS", "ERROR", "CANCELLED"], end_time=instant, limit=500):
            DBOS.delete_workflows([workflow.workflow_id for workflow in old])

    _scheduled, _forget_old_jobs = scheduled, forget_old_jobs


@contextmanager
def _alone(folder: Path, name: str) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(
                f"a worker named {name} is running already; set KOONEO_WORKER for a second one"
            ) from error
        yield
