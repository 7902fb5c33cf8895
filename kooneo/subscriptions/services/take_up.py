"""Taking up what waits for PayPal sooner than planned."""

import uuid

from sqlalchemy import select

from kooneo import jobs
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.subscriptions.models import UNSETTLED, StatusChange
from kooneo.subscriptions.services.reconciliation.begin import resume
from kooneo.subscriptions.services.request import SETTLE


def take_up_now(merchant_id: uuid.UUID) -> None:
    """In the caller's transaction. Because the merchant's PayPal keys have changed: each unsettled change goes on with them, or
    learns that they are no longer those it was asked for."""
    for change in db.session.scalars(select(StatusChange).filter_by(merchant_id=merchant_id).where(UNSETTLED)).all():
        change.next_attempt_at = now()
        db.session.flush()
        job_id = f"{change.id}:{change.attempts}:{uuid.uuid4()}"
        jobs.enqueue(SETTLE, str(change.id), job_id=job_id, partition=str(merchant_id))
    resume(merchant_id)
