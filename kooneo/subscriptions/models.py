"""A customer's subscriptions, and every change of status that was asked for."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, and_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kooneo.catalog.models import Offer
from kooneo.clock import now
from kooneo.columns import MerchantScoped, TermsColumns, enum_column
from kooneo.customers.models import Customer
from kooneo.extensions import Base, UTCDateTime
from kooneo.leases import LeaseColumns
from kooneo.money import Money
from kooneo.subscriptions.lifecycle import TRANSITIONS, Action, AtPayPal, Gateway, Standing, SubscriptionStatus
from kooneo.subscriptions.problems import Problem


class Subscription(MerchantScoped, TermsColumns, Base):
    __tablename__ = "subscriptions"
    __table_args__ = (
        UniqueConstraint("merchant_id", "paypal_id"),
        Index("ix_subscriptions_customer_id_status", "customer_id", "status"),
        Index("ix_subscriptions_merchant_id_status", "merchant_id", "status"),
        Index(
            "ix_subscriptions_check_problem",
            "merchant_id",
            sqlite_where=text("check_problem IS NOT NULL"),
            postgresql_where=text("check_problem IS NOT NULL"),
        ),
        Index(
            "ix_subscriptions_last_failed_payment_at",
            "last_failed_payment_at",
            sqlite_where=text("last_failed_payment_at IS NOT NULL"),
            postgresql_where=text("last_failed_payment_at IS NOT NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offers.id"), index=True)
    gateway: Mapped[Gateway] = enum_column(Gateway)
    paypal_id: Mapped[str | None] = mapped_column(String(50))
    status: Mapped[SubscriptionStatus] = enum_column(SubscriptionStatus)

    contracted_on: Mapped[date]
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    """From here contents unlock."""
    paid_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """The end of the last period really paid."""
    next_billing_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cycles_completed: Mapped[int] = mapped_column(default=0)
    outstanding_minor: Mapped[int] = mapped_column(default=0)
    failed_payments: Mapped[int] = mapped_column(default=0)
    """In a row."""
    last_failed_payment_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    next_retry_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When PayPal tries the one that failed again, if it says so."""
    last_payment_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When PayPal was last asked."""
    paypal_status_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Since when PayPal shows its status."""

    paused: Mapped[bool] = mapped_column(default=False)
    """Suspended by the merchant's pause; a suspension by PayPal is not one."""
    resume_on: Mapped[date | None]
    """The merchant's calendar day on which the worker ends the pause."""
    check_problem: Mapped[str | None] = mapped_column(String(60))
    """Why the last verification failed (problems.Problem); none when it told how things are."""

    unconfirmed: Mapped[bool] = mapped_column(default=False)
    """Ended here without PayPal, which may still charge: the one exception to what a status promises."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the customer withdrew from the contract (rétractation): from then on it opens nothing, whatever its status."""
    follows_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subscriptions.id"), index=True)
    """The cancelled one that this one takes up again."""
    head_start_days: Mapped[int] = mapped_column(default=0)
    """How long the earlier ones had run: contents unlock as if they had gone on."""
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    open_at_end: Mapped[bool] = mapped_column(default=False)
    """Whether contents were open the instant before the end: at most those stay open after a cancellation."""
    pending_at_end: Mapped[bool] = mapped_column(default=False)
    """Whether the instant before the end it still waited for the customer's agreement, as far as Kooneo knew."""

    customer: Mapped[Customer] = relationship(lazy="raise")
    offer: Mapped[Offer] = relationship(lazy="raise")
    changes: Mapped[list["StatusChange"]] = relationship(
        order_by="StatusChange.requested_at.desc()", back_populates="subscription", lazy="raise"
    )

    @property
    def began(self) -> bool:
        """Whether its customer has agreed. One that had ended before Kooneo saw it has the benefit of the doubt."""
        agreed = not (self.status == SubscriptionStatus.PENDING or self.pending_at_end)
        return agreed or self.last_payment_at is not None or self.cycles_completed > 0

    @property
    def resumable(self) -> bool:
        """Kooneo proposes to take up what was cancelled, and nothing else: what was abandoned is never proposed again."""
        certain = self.began and not (self.unconfirmed or self.charging or self.withdrawn_at)
        return self.status == SubscriptionStatus.CANCELLED and certain

    @property
    def standing(self) -> Standing:
        return Standing(self.status, self.gateway, self.paused, self.charging)

    @property
    def charging(self) -> bool:
        """Ended here, and in force at PayPal when it was last looked at."""
        return self.check_problem == Problem.CHARGING

    @property
    def next_payment_at(self) -> datetime | None:
        """When PayPal charges next; none while it is suspended, whatever date PayPal still shows."""
        if self.retries_next:
            return self.next_retry_at
        return self.next_billing_at if self.status.opens_content else None

    @property
    def retries_next(self) -> bool:
        """PayPal tries what has failed again before anything else is due."""
        if self.status != SubscriptionStatus.PAST_DUE or self.next_retry_at is None:
            return False
        return self.next_billing_at is None or self.next_retry_at <= self.next_billing_at

    @property
    def next_amount(self) -> Money:
        """What PayPal charges then."""
        return self.outstanding if self.retries_next and self.outstanding_minor else self.price

    @property
    def outstanding(self) -> Money:
        return Money(self.outstanding_minor, self.currency)


class ChangeState(StrEnum):
    OPEN = "open"
    UNKNOWN = "unknown"
    """Asked of PayPal, without a clear answer yet."""
    DONE = "done"
    REFUSED = "refused"
    NEEDS_ATTENTION = "needs_attention"

    @property
    def settled(self) -> bool:
        return self not in (ChangeState.OPEN, ChangeState.UNKNOWN)


class ActorKind(StrEnum):
    MEMBER = "member"
    CUSTOMER = "customer"
    PAYPAL = "paypal"
    KOONEO = "kooneo"


class StatusChange(MerchantScoped, LeaseColumns, Base):
    """One change that was asked for, and how it ended. At most one per subscription is unsettled at a time."""

    __tablename__ = "status_changes"
    __table_args__ = (
        UniqueConstraint("merchant_id", "key"),
        Index("ix_status_changes_subscription_id_requested_at", "subscription_id", "requested_at"),
        Index(
            "uq_status_changes_one_unsettled",
            "subscription_id",
            unique=True,
            sqlite_where=text("state IN ('open', 'unknown')"),
            postgresql_where=text("state IN ('open', 'unknown')"),
        ),
        Index(
            "ix_status_changes_unsettled",
            "next_attempt_at",
            sqlite_where=text("state IN ('open', 'unknown')"),
            postgresql_where=text("state IN ('open', 'unknown')"),
        ),
        Index(
            "ix_status_changes_unresolved",
            "merchant_id",
            "settled_at",
            sqlite_where=text("state IN ('refused', 'needs_attention') AND given_up_at IS NULL"),
            postgresql_where=text("state IN ('refused', 'needs_attention') AND given_up_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"))
    key: Mapped[str] = mapped_column(String(64))
    """Made with the form: the same form sent twice is one change."""
    action: Mapped[Action] = enum_column(Action)
    from_status: Mapped[SubscriptionStatus] = enum_column(SubscriptionStatus)
    wished_status: Mapped[SubscriptionStatus] = enum_column(SubscriptionStatus)
    to_status: Mapped[SubscriptionStatus | None] = enum_column(SubscriptionStatus)
    """What the subscription really became, which is PayPal's to say; none while unsettled or when nothing changed."""
    actor_kind: Mapped[ActorKind] = enum_column(ActorKind)
    actor_id: Mapped[uuid.UUID | None]
    actor_name: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(128), default="")
    """For the team only: PayPal gets a fixed neutral text."""
    resume_on: Mapped[date | None]
    """Of a pause: when it is to end."""
    notify_customer: Mapped[bool] = mapped_column(default=False)
    """Of an end: whether the customer gets a message about it."""
    refund_payment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payments.id"))
    """Of an end: the payment that is given back once PayPal has confirmed it."""
    state: Mapped[ChangeState] = enum_column(ChangeState, default=ChangeState.OPEN)
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    account_version: Mapped[int | None]
    """The version of the PayPal keys it was asked for."""

    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Set before PayPal is told: from here on the cancellation may have happened."""

    problem: Mapped[str | None] = mapped_column(String(60))
    """Why it was refused, is not answered yet, or needs a person (problems.Problem)."""
    problem_detail: Mapped[str | None] = mapped_column(String(100))
    """PayPal's own word for it, such as an issue's name."""
    already_done: Mapped[bool] = mapped_column(default=False)
    """PayPal had done it before Kooneo asked."""
    paypal_status: Mapped[str | None] = mapped_column(String(30))
    paypal_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When PayPal says that its status changed."""
    debug_id: Mapped[str | None] = mapped_column(String(60))
    unconfirmed: Mapped[bool] = mapped_column(default=False)
    """Carried out here without PayPal."""
    given_up_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the team decided to leave it at that; the journal says who."""

    subscription: Mapped[Subscription] = relationship(back_populates="changes", lazy="raise")

    @property
    def at_paypal(self) -> AtPayPal:
        """What PayPal is asked to do."""
        return next(
            row.at_paypal for row in TRANSITIONS if row.action == self.action and self.from_status in row.sources
        )


UNSETTLED = StatusChange.state.in_([ChangeState.OPEN, ChangeState.UNKNOWN])
ENDED_UNBEGUN = and_(
    StatusChange.state == ChangeState.DONE,
    StatusChange.from_status == SubscriptionStatus.PENDING,
    StatusChange.to_status == StatusChange.wished_status,
)
"""Ended before it was known here that the customer had agreed: what PayPal has taken for it all the same, nobody wants."""
