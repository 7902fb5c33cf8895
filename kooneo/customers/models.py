"""The people who buy from a merchant."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kooneo.clock import now
from kooneo.columns import MerchantScoped, enum_column
from kooneo.extensions import Base, UTCDateTime
from kooneo.text import fold


class CustomerLanguage(StrEnum):
    FRENCH = "fr"
    ENGLISH = "en"


class Customer(MerchantScoped, Base):
    __tablename__ = "customers"
    __table_args__ = (
        UniqueConstraint("merchant_id", "email"),
        Index("ix_customers_list", "merchant_id", "sort_key", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    given_name: Mapped[str] = mapped_column(String(140))
    family_name: Mapped[str] = mapped_column(String(140))
    email: Mapped[str] = mapped_column(String(254))
    """Kept in lower case: two spellings are one person."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    sort_key: Mapped[str] = mapped_column(String(300).with_variant(String(300, collation="C"), "postgresql"))
    """Compared byte by byte on every engine, so that the list has one order."""
    search_key: Mapped[str] = mapped_column(String(900))
    language: Mapped[CustomerLanguage] = enum_column(CustomerLanguage, default=CustomerLanguage.FRENCH)
    notes: Mapped[str] = mapped_column(String(2000), default="")
    """For the team only."""
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip() or self.email

    def renew_keys(self) -> None:
        """Bring the list's order and its search up to date. Call after a change of name or e-mail."""
        self.sort_key = fold(f"{self.family_name} {self.given_name}")[:300]
        self.search_key = fold(f"{self.given_name} {self.family_name} {self.given_name}\n{self.email}")
