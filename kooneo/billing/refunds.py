"""Refunds that were asked for, and how each ended."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kooneo.billing.models import Payment
from kooneo.clock import now
from kooneo.columns import MerchantScoped, enum_column
from kooneo.extensions import Base, UTCDateTime
from kooneo.leases import LeaseColumns
from kooneo.money import Money
from kooneo.subscriptions.models import ActorKind, ChangeState


class RefundRequest(MerchantScoped, LeaseColumns, Base):
    """A payment, or a part of it, that PayPal was asked to give back: as durable as a change of status, and in its states. At
    most one per payment is unsettled at a time."""

    __tablename__ = "refund_requests"
    __table_args__ = (
        UniqueConstraint("merchant_id", "key"),
        Index("ix_refund_requests_payment_id_requested_at", "payment_id", "requested_at"),
        Index(
            "uq_refund_requests_one_unsettled",
            "payment_id",
            unique=True,
            sqlite_where=text("state IN ('open', 'unknown')"),
            postgresql_where=text("state IN ('open', 'unknown')"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    """PayPal gets it with the request, and so refunds once however often it is asked."""
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payments.id"))
    key: Mapped[str] = mapped_column(String(64))
    """Made with the form: the same form sent twice is one refund."""
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    actor_kind: Mapped[ActorKind] = enum_column(ActorKind)
    actor_id: Mapped[uuid.UUID | None]
    actor_name: Mapped[str] = mapped_column(String(120))
    state: Mapped[ChangeState] = enum_column(ChangeState, default=ChangeState.OPEN)
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    account_version: Mapped[int]
    """The version of the PayPal keys it was asked for."""
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Set before PayPal is told: from here on the money may have gone."""
    problem: Mapped[str | None] = mapped_column(String(60))
    problem_detail: Mapped[str | None] = mapped_column(String(100))
    paypal_refund_id: Mapped[str | None] = mapped_column(String(50))
    debug_id: Mapped[str | None] = mapped_column(String(60))
    given_up_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the team decided to leave it at that; the journal says who."""

    payment: Mapped[Payment] = relationship(lazy="raise")

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


UNRESOLVED_STATES = (ChangeState.REFUSED, ChangeState.NEEDS_ATTENTION)
UNSETTLED = RefundRequest.state.in_([ChangeState.OPEN, ChangeState.UNKNOWN])
