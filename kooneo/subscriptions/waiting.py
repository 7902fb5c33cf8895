"""Waiting a moment for the worker's outcome, within the budget of threads that may wait."""

import time
import uuid
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from kooneo.extensions import db
from kooneo.subscriptions.models import ChangeState, StatusChange, Subscription
from kooneo.thread_budget import place_to_wait

SECONDS = 3.0
"""At most, for one answer."""
_LOOK_EVERY = 0.05


def wait_for_outcome(change_id: uuid.UUID) -> bool:
    """Wait until the change is settled or PayPal's silence is known. False when it was not worth waiting any longer."""
    return wait_until(lambda: _state(change_id) != ChangeState.OPEN)


def wait_for_check(subscription_id: uuid.UUID, asked_at: datetime) -> bool:
    """Wait until PayPal was looked at after `asked_at`."""
    return wait_until(lambda: _checked_after(subscription_id, asked_at))


def wait_until(happened: Callable[[], bool]) -> bool:
    """Not at all when too many wait already."""
    with place_to_wait() as may_wait:
        deadline = time.monotonic() + (SECONDS if may_wait else 0)
        while not (done := happened()) and time.monotonic() < deadline:
            time.sleep(_LOOK_EVERY)
        return done


def _state(change_id: uuid.UUID) -> ChangeState | None:
    # Ends the read, or the next look would see the same snapshot.
    db.session.rollback()
    return db.session.scalars(select(StatusChange.state).filter_by(id=change_id)).one_or_none()


def _checked_after(subscription_id: uuid.UUID, asked_at: datetime) -> bool:
    db.session.rollback()
    checked_at = db.session.scalars(select(Subscription.checked_at).filter_by(id=subscription_id)).one_or_none()
    return checked_at is not None and checked_at >= asked_at
