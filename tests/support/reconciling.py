"""Reconciliation as tests drive it: steps one after the other, each when it is due."""

from collections.abc import Iterator
from contextlib import contextmanager

from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.subscriptions.reconciliations import Reconciliation, latest
from kooneo.subscriptions.services.reconciliation.begin import begin as begin_run
from kooneo.subscriptions.services.reconciliation.step import step as make_step

from .acting import at
from .running import fresh, in_app

begin = in_app(begin_run)
step = in_app(make_step)
latest_run = in_app(latest)


def reconciled(merchant: Merchant, *, at_most: int = 60) -> Reconciliation:
    """A whole run, from its beginning to its end."""
    return to_its_end(begin(merchant.id), at_most=at_most)


def to_its_end(run: Reconciliation, *, at_most: int = 60) -> Reconciliation:
    for _ in range(at_most):
        run = fresh(run)
        if run.finished_at:
            return run
        with when_due(run):
            step(str(run.id))
    raise AssertionError(f"not over after {at_most} steps")


@contextmanager
def when_due(run: Reconciliation) -> Iterator[None]:
    with at(max(now(), run.next_attempt_at or now())):
        yield
