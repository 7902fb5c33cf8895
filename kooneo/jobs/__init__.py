"""Durable background work. Parts register functions by name; this package alone knows the engine (DBOS) behind it.

A job is one attempt of one function with one text argument. The rows of the parts are the truth: a job that is lost, doubled or
late must change nothing, so every function registered here is safe to repeat.
"""

from collections.abc import Callable

from dbos import DBOSClient, DBOSPortableJSONSerializer
from flask import Flask, current_app

from kooneo.extensions import db

QUEUE = "jobs"
MAIL = "mail"
"""A queue of its own, with slots of its own: a mail server that hangs holds up messages, and nothing else."""
CHECKS = "checks"
"""For looks at PayPal that nobody waits for: however many merchants there are at night, what a person asks for does not queue
behind them."""
WORKFLOW = "run_job"
APPLICATION = "kooneo"
# Pinned: by default the engine takes a digest of the source, and a deploy would strand the work that is under way.
APPLICATION_VERSION = "1"

JobFunction = Callable[[str], None]

functions: dict[str, JobFunction] = {}
schedules: dict[str, tuple[str, Callable[[], None]]] = {}
at_start: list[Callable[[], None]] = []


def job(name: str) -> Callable[[JobFunction], JobFunction]:
    def register(function: JobFunction) -> JobFunction:
        functions[name] = function
        return function

    return register


def every_minute(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def register(function: Callable[[], None]) -> Callable[[], None]:
        schedules[name] = ("* * * * *", function)
        return function

    return register


def nightly(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def register(function: Callable[[], None]) -> Callable[[], None]:
        schedules[name] = ("47 2 * * *", function)
        return function

    return register


def before_work(function: Callable[[], None]) -> Callable[[], None]:
    """Have the worker call `function` when it starts, before it takes up anything."""
    at_start.append(function)
    return function


def enqueue(name: str, argument: str, *, job_id: str, partition: str, delay: float = 0, queue: str = QUEUE) -> None:
    """Add a job inside the caller's transaction: row and job are committed together, or neither.

    The same `job_id` twice is one job. A `partition` (a merchant) has few slots, so that it cannot hold up the others.
    """
    _client(current_app).enqueue_in_transaction(
        db.session.connection(),
        {
            "workflow_name": WORKFLOW,
            "queue_name": queue,
            "workflow_id": job_id,
            "queue_partition_key": partition,
            "app_version": APPLICATION_VERSION,
            "delay_seconds": delay,
        },
        name,
        argument,
    )


def _client(app: Flask) -> DBOSClient:
    client: DBOSClient | None = app.extensions.get("jobs")
    if client is None:
        client = DBOSClient(
            system_database_engine=db.engine,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            lazy=True,
        )
        app.extensions["jobs"] = client
    return client
