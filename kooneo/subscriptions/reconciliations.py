"""Runs of reconciliation: how far each has come, and whom PayPal is still to be asked about."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Index, Row, Select, String, and_, func, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from kooneo.clock import now
from kooneo.columns import MerchantScoped
from kooneo.extensions import Base, UTCDateTime, db
from kooneo.leases import LeaseColumns
from kooneo.paypal import RemoteStatus
from kooneo.subscriptions.lifecycle import IN_FORCE, Gateway
from kooneo.subscriptions.models import ENDED_UNBEGUN, UNSETTLED, StatusChange, Subscription

_A_YEAR = timedelta(days=366)


class Reconciliation(MerchantScoped, LeaseColumns, Base):
    """One merchant's subscriptions compared with PayPal's, in small steps. Kept: who looks at a row later learns when, and what
    came of it."""

    __tablename__ = "reconciliations"
    __table_args__ = (
        Index("ix_reconciliations_merchant_id_begun_at", "merchant_id", "begun_at"),
        Index(
            "uq_reconciliations_one_unfinished",
            "merchant_id",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    """Whoever was looked at since then need not be looked at again."""
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    with_ended: Mapped[bool] = mapped_column(default=False)
    """Also what ended within a year."""
    page: Mapped[int | None] = mapped_column(default=1)
    """The next one of PayPal's list; none when the list is over, or of no use."""
    looked_at: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unreadable: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(String(60))
    """Why it stands still, or ended before everybody was looked at."""


UNFINISHED = Reconciliation.finished_at.is_(None)


def latest(merchant_id: uuid.UUID) -> Reconciliation | None:
    query = select(Reconciliation).filter_by(merchant_id=merchant_id)
    return db.session.scalars(query.order_by(Reconciliation.begun_at.desc()).limit(1)).one_or_none()


def ended_were_looked_at(merchant_id: uuid.UUID) -> datetime | None:
    """When a run that counted the ended ones in last began."""
    query = select(func.max(Reconciliation.begun_at)).filter_by(merchant_id=merchant_id, with_ended=True)
    return db.session.scalars(query).one()


def next_to_look_at(run: Reconciliation, limit: int) -> Sequence[Row[uuid.UUID, str | None]]:
    """Id and PayPal's id. Those that were not looked at for longest come first, so that a run that never comes to its end
    still reaches everybody in turn."""
    seen = Subscription.checked_at
    query = _to_look_at(run).order_by(seen.is_not(None), seen, Subscription.id)
    return db.session.execute(query.with_only_columns(Subscription.id, Subscription.paypal_id).limit(limit)).all()


def number_to_look_at(run: Reconciliation) -> int:
    return db.session.execute(_to_look_at(run).with_only_columns(func.count())).scalar_one()


def _to_look_at(run: Reconciliation) -> Select[Subscription]:
    return select(Subscription).where(
        Subscription.merchant_id == run.merchant_id,
        Subscription.gateway == Gateway.PAYPAL,
        Subscription.paypal_id.is_not(None),
        or_(*_wanted(run)),
        ~_has_change(UNSETTLED),  # which looks for itself
        or_(Subscription.checked_at.is_(None), Subscription.checked_at < run.begun_at),
    )


def _wanted(run: Reconciliation) -> list[ColumnElement[bool]]:
    of_this_year: ColumnElement[bool] = Subscription.ended_at > run.begun_at - _A_YEAR
    wanted: list[ColumnElement[bool]] = [
        Subscription.status.in_(IN_FORCE),
        Subscription.unconfirmed.is_(True),
        Subscription.check_problem.is_not(None),  # charging after its end, or not readable at the last look
        and_(of_this_year, _has_change(ENDED_BEFORE_IT_BEGAN)),
    ]
    return [*wanted, of_this_year] if run.with_ended else wanted


ENDED_BEFORE_IT_BEGAN = and_(ENDED_UNBEGUN, StatusChange.paypal_status == RemoteStatus.APPROVAL_PENDING)
"""Ended here alone: PayPal cannot cancel what the customer has not agreed to, and they may still agree."""


def _has_change(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(StatusChange.id).where(StatusChange.subscription_id == Subscription.id, which).exists()
