"""What a member decides: carry it out, stop it, go on with it."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record
from kooneo.settings.services import paypal_account
from kooneo.takeover.models import Takeover, TakeoverItem
from kooneo.takeover.services.jobs import Then, by_job
from kooneo.takeover.services.start import AlreadyUnderWay
from kooneo.takeover.states import ItemState, Problem, TakeoverState


class ChangedMeanwhile(Exception):
    """It is not in the state any more in which that could be done."""


def confirm(takeover: Takeover, *, by: Actor, then: Then = by_job) -> None:
    """ "Reprendre N abonnements". Again is the same. Raises ChangedMeanwhile."""
    takeover_id = takeover.id
    with transaction():
        takeover = held(takeover_id)
        if takeover.state in (TakeoverState.RUNNING, TakeoverState.DONE):
            return
        number = _number_found(takeover_id)
        if takeover.state != TakeoverState.READY or not number:
            raise ChangedMeanwhile
        takeover.state = TakeoverState.RUNNING
        takeover.confirmed_at = now()
        takeover.member_id, takeover.member_name = by.id, by.name
        set_off(takeover, then)
        record(takeover.merchant_id, "takeover.confirmed", by=by, subject_id=takeover_id, subscriptions=number)


def stop(takeover: Takeover) -> None:
    """What is taken stays. A batch that is under way is dropped. Of a finished one nothing changes."""
    takeover_id = takeover.id
    with transaction():
        takeover = held(takeover_id)
        if not takeover.state.finished:
            halt(takeover, Problem.ASKED)


def resume(takeover: Takeover, *, then: Then = by_job) -> None:
    """Go on where it was stopped. Raises ChangedMeanwhile (also when the keys are another account's) or AlreadyUnderWay."""
    takeover_id = takeover.id
    try:
        with transaction():
            takeover = held(takeover_id)
            if takeover.state != TakeoverState.STOPPED or takeover.stopped_in is None or not same_account(takeover):
                raise ChangedMeanwhile
            takeover.state, takeover.stopped_in = takeover.stopped_in, None
            takeover.ended_at = takeover.problem = None
            takeover.failures = 0
            db.session.flush()
            if takeover.state.moves:
                set_off(takeover, then)
    except IntegrityError as error:
        raise AlreadyUnderWay from error


def held(takeover_id: uuid.UUID) -> Takeover:
    query = select(Takeover).filter_by(id=takeover_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def same_account(takeover: Takeover) -> bool:
    """A new secret of the same keys is no other account."""
    account = paypal_account(takeover.merchant_id)
    return account is not None and (account.client_id, account.environment) == (
        takeover.client_id,
        takeover.environment,
    )


def set_off(takeover: Takeover, then: Then) -> None:
    takeover.step += 1
    takeover.touched_at = takeover.next_attempt_at = now()
    then(takeover, 0)


def halt(takeover: Takeover, problem: Problem) -> None:
    takeover.stopped_in, takeover.state = takeover.state, TakeoverState.STOPPED
    takeover.problem = problem
    takeover.step += 1
    takeover.touched_at = takeover.ended_at = now()
    takeover.next_attempt_at = None


def _number_found(takeover_id: uuid.UUID) -> int:
    query = select(func.count()).select_from(TakeoverItem).filter_by(takeover_id=takeover_id, state=ItemState.FOUND)
    return db.session.scalars(query).one()
