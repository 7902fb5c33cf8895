"""What was taken, and what was given back of it."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kooneo.columns import MerchantScoped, enum_column
from kooneo.customers.models import Customer
from kooneo.extensions import Base, UTCDateTime
from kooneo.money import Money


class PaymentState(StrEnum):
    COMPLETED = "completed"
    PENDING = "pending"
    """On its way: nobody has it yet."""
    FAILED = "failed"


class Refund(StrEnum):
    """How much of a payment was given back."""

    NONE = "none"
    PART = "part"
    WHOLE = "whole"


class Payment(MerchantScoped, Base):
    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("merchant_id", "paypal_transaction_id"),
        Index("ix_payments_subscription_id_at", "subscription_id", "at"),
        Index("ix_payments_customer_id", "customer_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"))
    paypal_transaction_id: Mapped[str | None] = mapped_column(String(50))
    """None for a payment received another way (virement, chèque)."""
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[PaymentState] = enum_column(PaymentState)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    refunded_minor: Mapped[int | None] = mapped_column(Integer().evaluates_none(), default=0)
    """In all, when it was given back in several parts; at most the amount. None: a part of it, and PayPal's list of payments
    does not say how much."""
    refunded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """The last time, as far as it is known."""

    customer: Mapped[Customer] = relationship(lazy="raise")

    @property
    def refundable(self) -> Money:
        """What PayPal could still be asked to give back: nothing, while nobody knows how much that is."""
        taken_by_paypal = self.state == PaymentState.COMPLETED and self.paypal_transaction_id and not self.part_unknown
        return Money(self.amount_minor - self.refunded.minor if taken_by_paypal else 0, self.currency)

    @property
    def part_unknown(self) -> bool:
        """A part of it was given back, and PayPal does not say how much."""
        return self.refunded_minor is None

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def refunded(self) -> Money:
        """As far as it is known."""
        return Money(self.refunded_minor or 0, self.currency)

    @property
    def refund(self) -> Refund:
        if self.refunded_minor == 0:
            return Refund.NONE
        return Refund.WHOLE if self.refunded.minor >= self.amount_minor else Refund.PART


KEPT_MINOR = Payment.amount_minor - func.coalesce(Payment.refunded_minor, 0)
"""What stayed of a payment, as far as it is known."""


class PaymentRefund(MerchantScoped, Base):
    """One refund that PayPal has made, whoever asked for it: it counts once, however often and from whomever it is heard of."""

    __tablename__ = "payment_refunds"
    __table_args__ = (UniqueConstraint("merchant_id", "payment_id", "paypal_refund_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payments.id"))
    paypal_refund_id: Mapped[str] = mapped_column(String(50))
    amount_minor: Mapped[int]
