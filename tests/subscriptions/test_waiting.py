"""A page waits a moment for the worker; too many pages do not."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from support.acting import ask, attempt
from support.builders import a_subscription
from support.running import in_app, pages_wait
from support.worker import wait_until

from kooneo import thread_budget
from kooneo.config import WEB_THREADS
from kooneo.subscriptions import waiting
from kooneo.subscriptions.models import StatusChange

LONG = 30.0


@pytest.fixture(autouse=True)
def patient(app: Flask) -> Iterator[None]:
    with pages_wait(LONG):
        yield


def _waits(change: StatusChange) -> threading.Thread:
    thread = threading.Thread(target=in_app(waiting.wait_for_outcome), args=[change.id])
    thread.start()
    return thread


def test_the_wait_ends_with_the_outcome() -> None:
    change = ask(a_subscription(), "cancel")
    waiter = _waits(change)
    attempt(change)
    waiter.join(LONG / 2)
    assert not waiter.is_alive()


def test_half_of_the_threads_wait_and_the_next_does_not() -> None:
    change = ask(a_subscription(), "cancel")
    waiters = [_waits(change) for _ in range(WEB_THREADS // 2)]
    wait_until(lambda: thread_budget._places._value == 0, "the budget to be used up")  # type: ignore[attr-defined]
    one_more = _waits(change)
    one_more.join(LONG / 2)
    assert not one_more.is_alive()
    assert all(waiter.is_alive() for waiter in waiters)
    attempt(change)
    for waiter in waiters:
        waiter.join(LONG / 2)
    assert not any(waiter.is_alive() for waiter in waiters)


def test_nobody_waits_for_what_is_there_already() -> None:
    change = ask(a_subscription(), "cancel")
    attempt(change)
    waiter = _waits(change)
    waiter.join(LONG / 2)
    assert not waiter.is_alive()
