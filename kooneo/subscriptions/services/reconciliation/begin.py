"""When runs begin, and who takes up those whose job was lost."""

import uuid
from contextlib import suppress
from datetime import timedelta

from flask import current_app
from sqlalchemy import delete, func, select

from kooneo import jobs, leases
from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.settings.services import paypal_account
from kooneo.subscriptions.problems import Problem
from kooneo.subscriptions.reconciliations import UNFINISHED, Reconciliation, ended_were_looked_at
from kooneo.subscriptions.services.reconciliation.runs import enqueue, finish, plan, unfinished
from kooneo.subscriptions.services.request import KeysMissing

_ENDED_EVERY = timedelta(days=6, hours=12)
_A_NIGHT_MISSED = timedelta(hours=25)
_KEEP = timedelta(days=60)


@jobs.nightly("reconcile")
def begin_everywhere() -> None:
    merchant_ids = db.session.scalars(select(Merchant.id)).all()
    for merchant_id in merchant_ids:
        with suppress(KeysMissing):
            begin(merchant_id)


@jobs.every_minute("catch_up_reconciliations")
def catch_up() -> None:
    """The worker was away last night: who was looked at before that is looked at now."""
    last = select(Reconciliation.merchant_id).group_by(Reconciliation.merchant_id)
    missed = last.having(func.max(Reconciliation.begun_at) < now() - _A_NIGHT_MISSED)
    for merchant_id in db.session.scalars(missed).all():
        with suppress(KeysMissing):
            begin(merchant_id)


def begin(merchant_id: uuid.UUID) -> Reconciliation:
    """Begin a run, in the place of one that has not come to its end. Raises KeysMissing."""
    with transaction():
        db.session.get_one(Merchant, merchant_id, with_for_update=True)
        if paypal_account(merchant_id) is None:
            raise KeysMissing
        for left in db.session.scalars(unfinished(merchant_id)):
            finish(left, left.problem or Problem.INTERRUPTED)
        db.session.execute(delete(Reconciliation).where(Reconciliation.begun_at < now() - _KEEP))
        db.session.flush()
        ended_at = ended_were_looked_at(merchant_id)
        run = Reconciliation(
            id=uuid.uuid4(),
            merchant_id=merchant_id,
            begun_at=now(),
            with_ended=ended_at is None or ended_at < now() - _ENDED_EVERY,
        )
        db.session.add(run)
        plan(run, timedelta())
    return run


def resume(merchant_id: uuid.UUID) -> None:
    """In the caller's transaction. Because the merchant's PayPal keys have changed: a run that stood still goes on."""
    for run in db.session.scalars(unfinished(merchant_id)):
        run.attempts = 0
        plan(run, timedelta())


@jobs.every_minute("take_up_reconciliations")
def take_up() -> None:
    """Find the runs whose next step is due and whose job was lost, and give them a new one."""
    for run_id, merchant_id, attempts in leases.due(Reconciliation, UNFINISHED):
        with transaction():
            enqueue(run_id, merchant_id, leases.job_id(run_id, attempts))


@jobs.before_work
def release_own_leases() -> None:
    with transaction():
        leases.release(Reconciliation, UNFINISHED, worker=current_app.config["SETTINGS"].worker_name)
