"""What a merchant sells: offers, which open products, which hold contents."""

import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kooneo.clock import now
from kooneo.columns import MerchantScoped, TermsColumns, enum_column
from kooneo.extensions import Base, UTCDateTime
from kooneo.files.models import StoredFile
from kooneo.text import fold


class AccessAfterCompletion(StrEnum):
    CLOSED = "closed"
    OPEN = "open"


class AccessAfterCancellation(StrEnum):
    CLOSED = "closed"
    UNTIL_PAID = "until_paid"
    UNLOCKED = "unlocked"


@dataclass(frozen=True)
class AccessRules:
    """What stays open after an end."""

    after_completion: AccessAfterCompletion
    after_cancellation: AccessAfterCancellation


class RulesColumns:
    access_after_completion: Mapped[AccessAfterCompletion] = enum_column(AccessAfterCompletion)
    access_after_cancellation: Mapped[AccessAfterCancellation] = enum_column(AccessAfterCancellation)

    @property
    def rules(self) -> AccessRules:
        return AccessRules(self.access_after_completion, self.access_after_cancellation)


class Product(MerchantScoped, RulesColumns, Base):
    __tablename__ = "products"
    __table_args__ = (Index("ix_products_merchant_id_title", "merchant_id", "title"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(500), default="")
    picture_large_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_files.id"), index=True)
    picture_small_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_files.id"), index=True)
    picture_alt: Mapped[str] = mapped_column(String(200), default="")
    """What the picture shows, for who does not see it; empty = it only decorates."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    archived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Out of the list and no longer sold; those who have it keep it."""
    rules_to_review: Mapped[bool] = mapped_column(default=False)
    """Nobody has chosen its rules yet: it came from PayPal, and everything closes at an end."""

    contents: Mapped[list["Content"]] = relationship(
        primaryjoin="and_(Content.product_id == Product.id, Content.removed_at.is_(None))",
        order_by="[Content.position, Content.id]",
        viewonly=True,
        lazy="raise",
    )
    earlier_rules: Mapped[list["EarlierAccessRules"]] = relationship(
        order_by="EarlierAccessRules.ended_until", viewonly=True, lazy="selectin"
    )
    offers: Mapped[list["Offer"]] = relationship(
        secondary="offer_products", order_by="Offer.title", viewonly=True, lazy="raise"
    )

    def rules_after(self, ended_at: datetime | None) -> AccessRules:
        """Those that a subscription keeps which ended at this instant."""
        for earlier in self.earlier_rules:
            if ended_at is None or ended_at <= earlier.ended_until:
                return earlier.rules
        return self.rules


class EarlierAccessRules(RulesColumns, Base):
    """The rules that were changed "only from now on": the subscriptions that had ended by then keep them.

    One row a change, however many subscriptions there are. One that is reopened and ends again follows the rules of its
    new end, without anybody's doing.
    """

    __tablename__ = "earlier_access_rules"

    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("products.id"), primary_key=True)
    ended_until: Mapped[datetime] = mapped_column(UTCDateTime, primary_key=True)
    """The last end that they hold for. It belongs to them."""


class Content(MerchantScoped, Base):
    __tablename__ = "contents"
    __table_args__ = (Index("ix_contents_merchant_id", "merchant_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("products.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    unlock_after_days: Mapped[int] = mapped_column(default=0)
    """Counted from the subscription's start."""
    text: Mapped[str] = mapped_column(Text, default="", deferred=True)
    """Markdown. It may be long, and lists of contents do without it: read when it is asked for."""
    video_url: Mapped[str] = mapped_column(String(500), default="")
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_files.id"), index=True)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Nobody sees it any more. The row stays: grants and the journal may name it."""

    file: Mapped[StoredFile | None] = relationship(viewonly=True, lazy="raise")


class OfferProduct(Base):
    __tablename__ = "offer_products"

    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offers.id"), primary_key=True)
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("products.id"), primary_key=True, index=True)


def _new_slug(context: DefaultExecutionContext) -> str:
    """The title, and a few letters that make it the only one: `aquarelle-3f9a1c`."""
    title: str = context.get_current_parameters()["title"]  # type: ignore[no-untyped-call]
    words = re.findall("[a-z0-9]+", fold(title))
    return f"{'-'.join(words)[:72].strip('-') or 'offre'}-{secrets.token_hex(3)}"


class Offer(MerchantScoped, TermsColumns, Base):
    __tablename__ = "offers"
    __table_args__ = (
        UniqueConstraint("merchant_id", "slug"),
        Index("ix_offers_merchant_id_title", "merchant_id", "title"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    title: Mapped[str] = mapped_column(String(120))
    slug: Mapped[str] = mapped_column(String(80), default=_new_slug)
    """In the address of its order page. It stays when the title changes: links to it are in the world."""
    for_sale: Mapped[bool] = mapped_column(default=True)
    archived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    paypal_plan_id: Mapped[str | None] = mapped_column(String(50))
    """Of these very terms: other terms need another plan."""

    products: Mapped[list[Product]] = relationship(secondary="offer_products", order_by=Product.title, lazy="raise")

    @property
    def on_sale(self) -> bool:
        return self.for_sale and self.archived_at is None
