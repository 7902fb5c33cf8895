"""Kooneo as the tests run it. What is called here gets an application context of its own, as every request and job has."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

from kooneo import create_app
from kooneo.config import Mode, Settings
from kooneo.extensions import Base, db
from kooneo.paypal import close_gateways
from kooneo.subscriptions import waiting

Given = ParamSpec("Given")
Result = TypeVar("Result")

SECRET_KEY = "a secret key of the tests, and of nothing else"
ENCRYPTION_KEY = bytes(range(32))

_apps: list[Flask] = []


class _CompiledTemplates(BytecodeCache):
    """Each test has an app of its own; the templates are compiled once."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, Any]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._codes.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = (bucket.checksum, bucket.code)


_compiled_templates = _CompiledTemplates()


def settings_for(database_url: str, instance: Path, paypal_url: str, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "mode": Mode.TESTING,
        "instance": instance,
        "database_url": database_url,
        "secret_key": SECRET_KEY,
        "encryption_keys": (ENCRYPTION_KEY,),
        "base_url": "http://localhost",
        "paypal_url": paypal_url,
        "htmx": "local",
        "worker_name": "tests",
        "mail_url": "mailbox:",
        "mail_from": "no-reply@kooneo.test",
        "storage_quota": 1_000_000_000,
    }
    return Settings(**(values | changes))


@contextmanager
def running_app(settings: Settings) -> Iterator[Flask]:
    """The app that builders and `in_app` functions use meanwhile."""
    with current_one(built(settings)) as app:
        yield app


def built(settings: Settings) -> Flask:
    app = create_app(settings)
    app.jinja_env.bytecode_cache = _compiled_templates
    return app


@contextmanager
def current_one(app: Flask) -> Iterator[Flask]:
    """Another test may use it afterwards, with another database at the same address."""
    settings = app.config["SETTINGS"]
    _apps.append(app)
    try:
        yield app
    finally:
        _apps.pop()
        close(app)
        app.config["SETTINGS"] = settings


def close(app: Flask) -> None:
    """It lets go of the database, of PayPal and of its queue; the next use opens them anew."""
    close_gateways()
    client = app.extensions.pop("jobs", None)
    if client is not None:
        client.destroy()
    with app.app_context():
        db.engine.dispose()


@contextmanager
def pages_wait(seconds: float) -> Iterator[None]:
    """For the worker's outcome, in this process."""
    usual, waiting.SECONDS = waiting.SECONDS, seconds
    try:
        yield
    finally:
        waiting.SECONDS = usual


def current() -> Flask:
    return _apps[-1]


def in_app(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Rows that come out are detached, with all their columns: a later change by somebody else does not show in them."""

    @functools.wraps(function)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        with current().app_context():
            result = function(*args, **kwargs)
            for row in result if isinstance(result, list) else [result]:
                if isinstance(row, Base) and row in db.session:
                    db.session.refresh(row)
            return result

    return run


@in_app
def fresh(row: Any) -> Any:
    """The row as it stands in the database now."""
    return db.session.get_one(type(row), row.id)
