"""What consumer law lets a customer declare online: dated, and always accepted."""

import secrets
import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kooneo.clock import now
from kooneo.columns import MerchantScoped, enum_column
from kooneo.customers.models import Customer
from kooneo.extensions import Base, UTCDateTime
from kooneo.subscriptions.models import Subscription

NAME_LENGTH = 140

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_reference() -> str:
    """Such as `R-7K3Q-9D2M`: easily said on the telephone, without letters that look like digits."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"R-{drawn[:4]}-{drawn[4:]}"


class RequestKind(StrEnum):
    TERMINATION = "termination"
    """Résiliation: Code de la consommation L215-1-1 and D215-1 to D215-3."""
    WITHDRAWAL = "withdrawal"
    """Rétractation: Code de la consommation L221-21 and D221-5. What was paid is to be refunded."""


class LegalRequest(MerchantScoped, Base):
    """A declaration with the date that counts in law. It is never refused: what cannot be done by itself waits for a person.

    What was typed stays as it was typed. `customer` and `subscription` are what Kooneo made of it, and the person who typed
    it learns nothing of that.
    """

    __tablename__ = "legal_requests"
    __table_args__ = (
        UniqueConstraint("merchant_id", "reference"),
        UniqueConstraint("merchant_id", "key"),
        Index(
            "ix_legal_requests_open",
            "merchant_id",
            "received_at",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index("ix_legal_requests_subscription_id", "subscription_id"),
        Index("ix_legal_requests_address_received_at", "address", "received_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    kind: Mapped[RequestKind] = enum_column(RequestKind)
    reference: Mapped[str] = mapped_column(String(20), default=new_reference)
    """What both sides name it by. It says nothing about how many there are."""
    key: Mapped[str] = mapped_column(String(64))
    """Made with the form: the same form sent twice is one declaration."""
    received_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    """The date in law."""
    address: Mapped[str] = mapped_column(String(45), default="")

    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    email: Mapped[str] = mapped_column(String(254))
    contract: Mapped[str] = mapped_column(String(120))
    """How the person named the contract."""
    wished_on: Mapped[date | None]
    """The day from which a termination is wished; none = at once."""
    motive: Mapped[str] = mapped_column(String(128), default="")

    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("customers.id"), index=True)
    subscription_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subscriptions.id"))
    token_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the link sent to the address on file."""
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the link was used, or at once for somebody signed in."""
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Nothing is left for anybody to do."""
    settled_by: Mapped[str] = mapped_column(String(120), default="")

    customer: Mapped[Customer | None] = relationship(lazy="raise")
    subscription: Mapped[Subscription | None] = relationship(lazy="raise")

    @property
    def change_key(self) -> str:
        """The key of the change of status that Kooneo asks for on account of it."""
        return f"legal-{self.id}"


class Consent(MerchantScoped, Base):
    """The customer asked for access at once and acknowledged that the right to withdraw is lost by it (L221-28, 13°). Without
    this row the right stands."""

    __tablename__ = "consents"

    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"), primary_key=True)
    given_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    text: Mapped[str] = mapped_column(String(1000))
    """The very words that were agreed to."""
