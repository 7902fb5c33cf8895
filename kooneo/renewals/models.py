"""Notices before a tacit renewal: one for each subscription and term, and what became of it."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kooneo.columns import MerchantScoped
from kooneo.extensions import Base, UTCDateTime
from kooneo.renewals.terms import last_day_to_refuse


class RenewalNotice(MerchantScoped, Base):
    """Planned when Kooneo first sees the term; settled when the message has left, or when it is too late for it. Days are the
    merchant's."""

    __tablename__ = "renewal_notices"
    __table_args__ = (
        UniqueConstraint("subscription_id", "renews_on"),
        Index("ix_renewal_notices_merchant_id", "merchant_id"),
        Index(
            "ix_renewal_notices_unsettled",
            "opens_on",
            sqlite_where=text("sent_at IS NULL AND missed_at IS NULL"),
            postgresql_where=text("sent_at IS NULL AND missed_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"))
    renews_on: Mapped[date]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    """The last day on which it is in time."""
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    missed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When it was found that none had left in time."""

    @property
    def refuse_until(self) -> date:
        return last_day_to_refuse(self.renews_on)

    @property
    def settled(self) -> bool:
        return self.sent_at is not None or self.missed_at is not None


UNSETTLED = RenewalNotice.sent_at.is_(None) & RenewalNotice.missed_at.is_(None)
