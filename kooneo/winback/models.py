"""Proposals to subscribe again: what a merchant chose, what was proposed to whom, and who wants to hear no more of it."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kooneo.catalog.models import Offer
from kooneo.clock import now
from kooneo.columns import MerchantScoped, enum_column
from kooneo.extensions import Base, UTCDateTime
from kooneo.subscriptions.models import Subscription

SUBJECT_LENGTH = 150
TEXT_LENGTH = 3000


class Step(StrEnum):
    """The messages of the series, in their order."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"

    @property
    def following(self) -> "tuple[Step, ...]":
        """Those after it."""
        steps = tuple(Step)
        return steps[steps.index(self) + 1 :]


class Refusal(StrEnum):
    """Why a proposal does not leave."""

    OFF = "off"
    PRODUCT_OFF = "product_off"
    ABANDONED = "abandoned"
    COMPLETED = "completed"
    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"
    NEVER_BEGAN = "never_began"
    """The customer has not agreed at PayPal."""
    CHARGING = "charging"
    """PayPal may still charge for it."""
    TAKEN_UP = "taken_up"
    STOPPED = "stopped"
    """The person wants to hear no more of it."""
    NO_ADDRESS = "no_address"
    NOT_FOR_SALE = "not_for_sale"
    NOTHING_LEFT = "nothing_left"
    """Every instalment that was agreed has been paid."""
    TOO_OLD = "too_old"
    """It has waited so long that what it says may be over, as after a backup was restored."""


class WinbackSettings(Base):
    """The row of a merchant who chose; until then nothing is proposed."""

    __tablename__ = "winback_settings"

    merchant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("merchants.id"), primary_key=True)
    enabled: Mapped[bool]
    abandon_unanswered: Mapped[bool]
    """Whether a subscription becomes Abandonné when nobody has answered the last message."""


class WinbackStep(Base):
    """The row of a message that the merchant has rewritten; until then kooneo.winback.series has its text."""

    __tablename__ = "winback_steps"

    merchant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("merchants.id"), primary_key=True)
    step: Mapped[Step] = enum_column(Step, primary_key=True)
    days: Mapped[int | None]
    """After the end of the subscription; none = this message is not sent."""
    subject: Mapped[str] = mapped_column(String(SUBJECT_LENGTH))
    text: Mapped[str] = mapped_column(Text)
    offer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("offers.id"))
    """The offer that it proposes; none = the one that the customer had."""


class UnproposedProduct(MerchantScoped, Base):
    """A product that is not proposed again."""

    __tablename__ = "unproposed_products"
    __table_args__ = (Index("ix_unproposed_products_merchant_id", "merchant_id"),)

    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("products.id"), primary_key=True)


class WinbackMessage(MerchantScoped, Base):
    """One message to one customer about one subscription, of the series or sent by hand, or the decision not to send it."""

    __tablename__ = "winback_messages"
    __table_args__ = (
        UniqueConstraint("subscription_id", "step"),
        # However many subscriptions somebody had, and however many workers propose at once.
        UniqueConstraint("customer_id", "proposed_on"),
        Index("ix_winback_messages_merchant_id_step", "merchant_id", "step"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"))
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    step: Mapped[Step | None] = enum_column(Step)
    """None when a member of the team sent it."""
    offer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("offers.id"))
    """The offer that it proposes instead of the one that the customer had."""
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    proposed_on: Mapped[date | None]
    """The merchant's calendar day; none when it was decided not to send it."""
    refusal: Mapped[Refusal | None] = enum_column(Refusal)
    """Why it was not sent; none when it was written."""
    followed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When somebody went on from its link for the first time."""
    stopped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When it made the subscription Abandonné: by its link, or because it was the last one and stayed unanswered."""

    subscription: Mapped[Subscription] = relationship(lazy="raise")
    other_offer: Mapped[Offer | None] = relationship(lazy="raise")

    @property
    def offer(self) -> Offer:
        """What it proposes. Of one from queries.find_message."""
        return self.other_offer or self.subscription.offer


class OptOut(MerchantScoped, Base):
    """A customer who does not want to be proposed anything again, whatever becomes of their subscriptions."""

    __tablename__ = "winback_opt_outs"
    __table_args__ = (Index("ix_winback_opt_outs_merchant_id", "merchant_id"),)

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
