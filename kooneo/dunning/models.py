"""Telling customers of payments that failed: what they were told of which attempt, and whether the merchant wants it."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kooneo.clock import now
from kooneo.columns import MerchantScoped, enum_column
from kooneo.extensions import Base, UTCDateTime


class NoticeKind(StrEnum):
    FAILED = "failed"
    """PayPal could not take a payment."""
    SUSPENDED = "suspended"
    """PayPal has suspended after the last of its attempts: access is closed."""
    REOPENED = "reopened"
    """PayPal says ACTIVE again after that."""


class Refusal(StrEnum):
    """Why a notice does not leave."""

    OFF = "notices_off"
    ENDED = "ended"
    ENDING = "change_under_way"
    WITHDRAWN = "withdrawn"
    NO_ADDRESS = "no_address"
    RECEIVED = "received_otherwise"
    SUPERSEDED = "superseded"
    """It is not so any more: paid meanwhile, suspended, tried again, or closed once more."""
    TOO_OLD = "too_old"
    """It would be no news: after a take-over, a backup that was restored, or a worker that was away."""


class DunningSettings(Base):
    """The row of a merchant who chose; until then customers are told."""

    __tablename__ = "dunning_settings"

    merchant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("merchants.id"), primary_key=True)
    enabled: Mapped[bool]


class PaymentNotice(MerchantScoped, Base):
    """One message about one attempt of PayPal's. Its id is made from the attempt (see `notice_id`), and the message's from it:
    written again from a restored backup, it is the message that has arrived already."""

    __tablename__ = "payment_notices"
    __table_args__ = (
        UniqueConstraint("subscription_id", "kind", "failed_at"),
        Index("ix_payment_notices_merchant_id", "merchant_id"),
        Index(
            "ix_payment_notices_suspended",
            "subscription_id",
            sqlite_where=text("kind = 'suspended'"),
            postgresql_where=text("kind = 'suspended'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"))
    kind: Mapped[NoticeKind] = enum_column(NoticeKind)
    failed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    """The attempt that it is about; of a reopening, the one after which PayPal had suspended."""
    written_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


def notice_id(subscription_id: uuid.UUID, kind: NoticeKind, failed_at: datetime) -> uuid.UUID:
    return uuid.uuid5(subscription_id, f"{kind} {failed_at.isoformat()}")
