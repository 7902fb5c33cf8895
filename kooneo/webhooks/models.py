"""Where PayPal sends a merchant's notifications, and those that came."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kooneo.clock import now
from kooneo.columns import MerchantScoped, enum_column
from kooneo.extensions import Base, UTCDateTime
from kooneo.leases import LeaseColumns
from kooneo.money import Money


class EndpointState(StrEnum):
    WAITING = "waiting"
    """To be registered at PayPal, or to be looked up there again."""
    REGISTERED = "registered"
    FAILED = "failed"
    """PayPal did not take it, or could not be asked for too long: a person must do something, then ask again."""


HTTPS_ONLY = "https_only"
"""The one problem of our own: PayPal would not take the address."""


class WebhookEndpoint(MerchantScoped, LeaseColumns, Base):
    """A merchant's address, for good. Who finds it out can do nothing: every notification is signed."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        UniqueConstraint("merchant_id"),
        UniqueConstraint("token"),
        Index(
            "ix_webhook_endpoints_waiting",
            "next_attempt_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    token: Mapped[str] = mapped_column(String(64))
    """32 random bytes, in the address."""
    state: Mapped[EndpointState] = enum_column(EndpointState, default=EndpointState.WAITING)
    problem: Mapped[str | None] = mapped_column(String(60))
    """Why it is not registered (subscriptions.problems.Problem, HTTPS_ONLY)."""
    webhook_id: Mapped[str | None] = mapped_column(String(50))
    """PayPal's own, which it signs with; kept until another one takes its place."""
    account_version: Mapped[int | None]
    """The version of the keys with whose app it was registered."""
    registered_url: Mapped[str | None] = mapped_column(String(2048))
    registered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


TO_REGISTER = WebhookEndpoint.state == EndpointState.WAITING


class EventState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    IGNORED = "ignored"
    """Nothing here is concerned by it."""
    FAILED = "failed"
    """PayPal could not be asked about it for too long. Reconciliation finds what it was about."""


class WebhookEvent(MerchantScoped, LeaseColumns, Base):
    """A notification that PayPal signed. What it says is not kept, only what it is about: PayPal is asked for the rest."""

    __tablename__ = "webhook_events"
    __table_args__ = (
        UniqueConstraint("merchant_id", "event_id"),
        Index("ix_webhook_events_merchant_id_received_at", "merchant_id", "received_at"),
        Index(
            "ix_webhook_events_waiting",
            "next_attempt_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    event_id: Mapped[str] = mapped_column(String(100))
    """PayPal's, against duplicates."""
    event_type: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """By PayPal, as it says."""
    received_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    paypal_id: Mapped[str | None] = mapped_column(String(50))
    """Of the subscription."""
    sale_id: Mapped[str | None] = mapped_column(String(50))
    """Of the payment."""
    about_money: Mapped[bool] = mapped_column(default=False)
    refunded_minor: Mapped[int | None]
    refunded_currency: Mapped[str | None] = mapped_column(String(3))
    state: Mapped[EventState] = enum_column(EventState, default=EventState.WAITING)
    problem: Mapped[str | None] = mapped_column(String(60))
    """Why it is not done (subscriptions.problems.Problem)."""
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def refunded(self) -> Money | None:
        if self.refunded_minor is None or self.refunded_currency is None:
            return None
        return Money(self.refunded_minor, self.refunded_currency)


UNSETTLED = WebhookEvent.state == EventState.WAITING
