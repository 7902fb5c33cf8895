"""Who did what. Append-only: each line's digest covers the line before it; the personal details stand in a side row that can be
erased without breaking the chain, because the line keeps only their digest."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kooneo.columns import MerchantScoped
from kooneo.extensions import Base, UTCDateTime


class JournalHead(Base):
    """The last line of a merchant's journal: without it nobody could tell that the last line was taken away."""

    __tablename__ = "journal_heads"

    merchant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("merchants.id"), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(String(64), default="")


class JournalEntry(MerchantScoped, Base):
    __tablename__ = "journal_entries"
    __table_args__ = (
        UniqueConstraint("merchant_id", "number"),
        Index("ix_journal_entries_customer_id_number", "customer_id", "number"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    event: Mapped[str] = mapped_column(String(60))
    """Past and dotted, like `subscription.cancelled`."""
    actor_kind: Mapped[str] = mapped_column(String(30))
    actor_id: Mapped[uuid.UUID | None]
    place: Mapped[str] = mapped_column(String(30))
    customer_id: Mapped[uuid.UUID | None]
    subject_id: Mapped[uuid.UUID | None]
    before: Mapped[str | None] = mapped_column(String(60))
    after: Mapped[str | None] = mapped_column(String(60))
    details_digest: Mapped[str] = mapped_column(String(64))
    previous_digest: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class JournalDetails(Base):
    """What names a person or was typed by one. Salted, so that a digest tells nothing once the row is erased."""

    __tablename__ = "journal_details"

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("journal_entries.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
