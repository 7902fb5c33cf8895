"""What somebody orders on a merchant's page, and the plans that PayPal keeps for what is sold."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kooneo.catalog.models import Offer
from kooneo.clock import now
from kooneo.columns import MerchantScoped, TermsColumns, enum_column
from kooneo.extensions import Base, UTCDateTime
from kooneo.leases import LeaseColumns
from kooneo.paypal import Environment
from kooneo.subscriptions.models import Subscription


class OrderState(StrEnum):
    OPEN = "open"
    """PayPal is being asked for a subscription."""
    AWAITING = "awaiting"
    """The subscription is there, and waits for the customer's agreement on PayPal's page."""
    CONCLUDED = "concluded"
    """PayPal says ACTIVE: the contract is made."""
    REFUSED = "refused"
    """PayPal could not be asked, or would not; nothing was taken."""
    LAPSED = "lapsed"
    """It was ended before the customer had agreed, or before that was known here."""


class Order(MerchantScoped, TermsColumns, LeaseColumns, Base):
    """The terms are those that were on the page: what is charged is what was read. Nothing of it says whether the e-mail was
    known before."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("merchant_id", "key"),
        Index("ix_orders_address_placed_at", "address", "placed_at"),
        Index("ix_orders_subscription_id", "subscription_id"),
        Index(
            "ix_orders_unsettled",
            "next_attempt_at",
            sqlite_where=text("state IN ('open', 'awaiting')"),
            postgresql_where=text("state IN ('open', 'awaiting')"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offers.id"), index=True)
    subscription_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subscriptions.id"))
    follows_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subscriptions.id"), index=True)
    """The subscription that is taken up again."""
    key: Mapped[str] = mapped_column(String(64))
    """Made with the form: the same form sent twice is one order."""
    browser_digest: Mapped[str] = mapped_column(String(64))
    """Of the browser that ordered: the same order in two of its tabs is one."""
    address: Mapped[str] = mapped_column(String(45))
    placed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    email: Mapped[str] = mapped_column(String(254))
    """In lower case."""
    given_name: Mapped[str] = mapped_column(String(140))
    family_name: Mapped[str] = mapped_column(String(140))
    consent: Mapped[str] = mapped_column(String(1000), default="")
    """The very words with which access at once was asked for; empty when it was not."""

    state: Mapped[OrderState] = enum_column(OrderState, default=OrderState.OPEN)
    account_version: Mapped[int]
    """The version of the PayPal keys it was placed for."""
    approve_url: Mapped[str | None] = mapped_column(String(4000))
    """PayPal's page on which the customer agrees."""
    problem: Mapped[str | None] = mapped_column(String(60))
    """Why PayPal was not, or not yet, to be had (subscriptions.problems.Problem)."""
    debug_id: Mapped[str | None] = mapped_column(String(60))
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    offer: Mapped[Offer] = relationship(lazy="raise")
    subscription: Mapped[Subscription | None] = relationship(foreign_keys=[subscription_id], lazy="raise")


UNSETTLED = Order.state.in_([OrderState.OPEN, OrderState.AWAITING])


class PayPalPlan(MerchantScoped, Base):
    """An offer at these terms, as one PayPal app sells it. The row is there before PayPal is asked: its id is the request id,
    so that however many ask at once, PayPal creates one."""

    __tablename__ = "paypal_plans"
    __table_args__ = (
        UniqueConstraint("offer_id", "client_id", "environment", "terms"),
        Index("ix_paypal_plans_merchant_id", "merchant_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offers.id"))
    client_id: Mapped[str] = mapped_column(String(120))
    environment: Mapped[Environment] = enum_column(Environment)
    terms: Mapped[str] = mapped_column(String(80))
    """What PayPal is told of them: price, rhythm, number of payments."""
    product_id: Mapped[str | None] = mapped_column(String(50))
    plan_id: Mapped[str | None] = mapped_column(String(50))
    """None until PayPal has answered."""
