"""Taking over the subscriptions that already live at PayPal: what was asked for, and what became of each id."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kooneo.clock import now
from kooneo.columns import MerchantScoped, enum_column
from kooneo.extensions import Base, UTCDateTime
from kooneo.money import Money
from kooneo.paypal import Environment
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.takeover.states import FoundBy, ItemState, Problem, Reason, TakeoverState
from kooneo.terms import Interval, Terms


class Takeover(MerchantScoped, Base):
    __tablename__ = "takeovers"
    __table_args__ = (
        Index("ix_takeovers_merchant_id_started_at", "merchant_id", "started_at"),
        Index(
            "uq_takeovers_one_unfinished",
            "merchant_id",
            unique=True,
            sqlite_where=text("state IN ('reading', 'ready', 'running')"),
            postgresql_where=text("state IN ('reading', 'ready', 'running')"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    found_by: Mapped[FoundBy] = enum_column(FoundBy)
    state: Mapped[TakeoverState] = enum_column(TakeoverState, default=TakeoverState.READING)
    stopped_in: Mapped[TakeoverState | None] = enum_column(TakeoverState)
    """The state to go on from."""
    client_id: Mapped[str] = mapped_column(String(120))
    """With the environment: the PayPal account it was asked for. Another one's answers have no place in it."""
    environment: Mapped[Environment] = enum_column(Environment)
    member_id: Mapped[uuid.UUID | None]
    """Who asked for it, and in the end for its being carried out."""
    member_name: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    next_page: Mapped[int | None]
    """Of PayPal's list; none once all are read, and for ids."""
    listed: Mapped[int | None]
    """How many PayPal says there are."""
    doubles: Mapped[int] = mapped_column(default=0)
    """Ids that were given more than once."""

    step: Mapped[int] = mapped_column(default=0)
    """Grows with every batch that is written, and when it is stopped: a batch of an earlier step is dropped."""
    touched_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=now)
    """None while nothing is to be done."""
    failures: Mapped[int] = mapped_column(default=0)
    """Batches in a row that brought nothing."""
    problem: Mapped[Problem | None] = enum_column(Problem)

    @property
    def may_resume(self) -> bool:
        """Stopped for a reason that can pass."""
        return self.state == TakeoverState.STOPPED and self.problem != Problem.KEYS_CHANGED


class TakeoverItem(Base):
    __tablename__ = "takeover_items"
    __table_args__ = (
        UniqueConstraint("takeover_id", "paypal_id"),
        Index("ix_takeover_items_takeover_id_state", "takeover_id", "state", "attempts", "position"),
    )

    takeover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("takeovers.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    paypal_id: Mapped[str] = mapped_column(String(50))
    """As it was given, cut when it is none of PayPal's."""
    state: Mapped[ItemState] = enum_column(ItemState, default=ItemState.WAITING)
    reason: Mapped[Reason | None] = enum_column(Reason)
    attempts: Mapped[int] = mapped_column(default=0)
    """In vain."""
    remote_status: Mapped[str | None] = mapped_column(String(30))
    becomes: Mapped[SubscriptionStatus | None] = enum_column(SubscriptionStatus)
    known: Mapped[bool] = mapped_column(default=False)
    """Kooneo had it before."""
    plan_id: Mapped[str | None] = mapped_column(String(50))
    email: Mapped[str | None] = mapped_column(String(254))
    """Until it is taken: then the customer has it."""
    name: Mapped[str | None] = mapped_column(String(290))
    subscription_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subscriptions.id"))


class TakeoverPlan(Base):
    """A plan as it was read: what becomes an offer, and the product that it opens."""

    __tablename__ = "takeover_plans"

    takeover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("takeovers.id"), primary_key=True)
    plan_id: Mapped[str] = mapped_column(String(50), primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    product_id: Mapped[str] = mapped_column(String(50))
    """PayPal's; the plan's own id when it does not say."""
    product_title: Mapped[str] = mapped_column(String(120))
    product_description: Mapped[str] = mapped_column(String(500), default="")
    sold: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[Reason | None] = enum_column(Reason)
    """Why it cannot become an offer; it has no price then."""
    price_minor: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    interval: Mapped[Interval | None] = enum_column(Interval)
    interval_count: Mapped[int] = mapped_column(default=1)
    total_cycles: Mapped[int | None]

    @property
    def terms(self) -> Terms | None:
        if self.price_minor is None or self.currency is None or self.interval is None:
            return None
        return Terms(Money(self.price_minor, self.currency), self.interval, self.interval_count, self.total_cycles)
