"""Waiting a moment for the worker's outcome, within a budget of threads: pages for other people must stay quick."""

import threading
import time
import uuid

from sqlalchemy import select

from kooneo.config import WEB_THREADS
from kooneo.extensions import db
from kooneo.subscriptions.models import ChangeState, StatusChange

SECONDS = 3.0
_LOOK_EVERY = 0.05

# Half of the threads: when all of them waited, every other page took three seconds too.
_budget = threading.BoundedSemaphore(WEB_THREADS // 2)


def wait_for_outcome(change_id: uuid.UUID, seconds: float = SECONDS) -> None:
    """Return once the change is settled or PayPal's silence is known, after `seconds` at the latest; at once when too many wait."""
    if not _budget.acquire(blocking=False):
        return
    try:
        deadline = time.monotonic() + seconds
        while _state(change_id) == ChangeState.OPEN and time.monotonic() < deadline:
            time.sleep(_LOOK_EVERY)
    finally:
        _budget.release()


def _state(change_id: uuid.UUID) -> ChangeState | None:
    # Ends the read, or the next look would see the same snapshot.
    db.session.rollback()
    return db.session.scalars(select(StatusChange.state).filter_by(id=change_id)).one_or_none()
