"""What members and the worker do, as verbs. Each has an application context of its own, as a request or a job has."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import time_machine
from sqlalchemy import select, text

from kooneo.clock import now
from kooneo.extensions import db
from kooneo.journal.models import JournalDetails, JournalEntry
from kooneo.journal.services import Actor, verify
from kooneo.paypal.transport import Reply, Transport
from kooneo.settings.services import gateway_for, paypal_account
from kooneo.subscriptions.lifecycle import Action
from kooneo.subscriptions.models import StatusChange, Subscription
from kooneo.subscriptions.services.request import Wish, request_change
from kooneo.subscriptions.services.settle import release_own_leases, settle, take_up
from kooneo.subscriptions.services.verify import request_verification
from kooneo.subscriptions.services.verify import verify as look_at_paypal

from .running import fresh, in_app

NORA = Actor("member", "Nora Petit", "back_office", uuid.UUID(int=1))


@in_app
def ask(
    subscription: Subscription, action: Action | str, *, by: Actor = NORA, key: str = "", **wish: Any
) -> StatusChange:
    """Somebody requests a change of status; `wish`: reason, to, resume_on."""
    return request_change(subscription, Wish(Action(action), **wish), by=by, key=key or str(uuid.uuid4()))


def attempt(change: StatusChange) -> StatusChange:
    """The worker runs one job of this change."""
    _settle(str(change.id))
    return fresh(change)


_settle = in_app(settle)
sweep = in_app(take_up)
restart_as_worker = in_app(release_own_leases)
"""What a worker does when it starts."""


def ended(subscription: Subscription, action: Action | str, **details: Any) -> tuple[Subscription, StatusChange]:
    """Asked for and attempted once: the subscription and the change as they then are."""
    change = attempt(ask(subscription, action, **details))
    return fresh(subscription), change


def verified(subscription: Subscription) -> Subscription:
    """Somebody asks for a verification, and the worker makes it."""
    _request_verification(subscription)
    _verify(str(subscription.id))
    return fresh(subscription)


_request_verification = in_app(request_verification)
_verify = in_app(look_at_paypal)


def run_schedule(schedule: Callable[[], None]) -> None:
    """The worker's clock comes round to it."""
    in_app(schedule)()


def try_until_settled(change: StatusChange, *, at_most: int = 30) -> StatusChange:
    """Attempt after attempt, each when it is due."""
    for _ in range(at_most):
        change = fresh(change)
        if change.state.settled:
            return change
        with at(max(now(), change.next_attempt_at or now())):
            change = attempt(change)
    raise AssertionError(f"not settled after {at_most} attempts")


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Meanwhile it is `instant`, and time goes on from there."""
    with time_machine.travel(instant, tick=True):
        yield


@contextmanager
def later(**duration: float) -> Iterator[None]:
    with at(now() + timedelta(**duration)):
        yield


@in_app
def impatient(subscription: Subscription, kind: str, *, reading: bool = False) -> None:
    """When this fault is a silent PayPal, Kooneo waits no longer than a moment for it to act (or, `reading`, to be read), with
    this merchant's keys, until the test is over. For all else it waits as ever: how busy the machine is must not decide."""
    if not kind.startswith("timeout"):
        return
    account = paypal_account(subscription.merchant_id)
    assert account is not None
    api = gateway_for(account)._api
    usual, brief = api._transport, Transport(0.3, 0.3)
    api._transport = _Impatient(brief, usual) if reading else _Impatient(usual, brief)


class _Impatient(Transport):
    def __init__(self, reading: Transport, acting: Transport) -> None:
        self._reading, self._acting = reading, acting

    def send(self, method: str, url: str, *, acts: bool, **request: Any) -> Reply:
        return (self._acting if acts else self._reading).send(method, url, acts=acts, **request)

    def close(self) -> None:
        self._reading.close()
        self._acting.close()


@in_app
def journal_of(subscription: Subscription) -> list[tuple[str, str | None, str | None]]:
    """Event, before and after of each line about it."""
    query = select(JournalEntry).filter_by(subject_id=subscription.id).order_by(JournalEntry.number)
    return [(entry.event, entry.before, entry.after) for entry in db.session.scalars(query)]


@in_app
def journal_details(subscription: Subscription) -> list[dict[str, Any]]:
    query = select(JournalDetails.data).join(JournalEntry, JournalEntry.id == JournalDetails.entry_id)
    return list(
        db.session.scalars(query.where(JournalEntry.subject_id == subscription.id).order_by(JournalEntry.number))
    )


@in_app
def journal_findings(merchant_id: uuid.UUID) -> list[str]:
    return list(verify(merchant_id))


@in_app
def changes_of(subscription: Subscription) -> list[StatusChange]:
    query = select(StatusChange).filter_by(subscription_id=subscription.id).order_by(StatusChange.requested_at)
    return list(db.session.scalars(query))


@in_app
def rewrite(row: Any, **columns: Any) -> None:
    """Straight into the table, past every service: for states that no service makes."""
    statement = row.__table__.update().where(row.__table__.c.id == row.id).values(**columns)
    db.session.execute(statement)
    db.session.commit()


@in_app
def jobs_of(row: Any, kind: str = "") -> list[str]:
    """The ids of the jobs that were enqueued for it, from the engine's own table."""
    schema = "dbos." if db.engine.dialect.name == "postgresql" else ""
    query = text(f"SELECT workflow_uuid FROM {schema}workflow_status WHERE workflow_uuid LIKE :id ORDER BY created_at")
    return [row[0] for row in db.session.execute(query, {"id": f"{kind}{row.id}%"})]
