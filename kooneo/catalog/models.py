"""What a merchant sells: offers, which open products, which hold contents."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kooneo.clock import now
from kooneo.columns import MerchantScoped, TermsColumns, enum_column
from kooneo.extensions import Base, UTCDateTime


class AccessAfterCompletion(StrEnum):
    CLOSED = "closed"
    OPEN = "open"


class AccessAfterCancellation(StrEnum):
    CLOSED = "closed"
    UNTIL_PAID = "until_paid"
    UNLOCKED = "unlocked"


class Product(MerchantScoped, Base):
    __tablename__ = "products"
    __table_args__ = (Index("ix_products_merchant_id_title", "merchant_id", "title"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(500), default="")
    access_after_completion: Mapped[AccessAfterCompletion] = enum_column(AccessAfterCompletion)
    access_after_cancellation: Mapped[AccessAfterCancellation] = enum_column(AccessAfterCancellation)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    contents: Mapped[list["Content"]] = relationship(order_by="Content.position", lazy="raise")
    offers: Mapped[list["Offer"]] = relationship(
        secondary="offer_products", order_by="Offer.title", viewonly=True, lazy="raise"
    )


class Content(MerchantScoped, Base):
    __tablename__ = "contents"
    __table_args__ = (Index("ix_contents_merchant_id", "merchant_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("products.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    unlock_after_days: Mapped[int] = mapped_column(default=0)
    """Counted from the subscription's start."""


class OfferProduct(Base):
    __tablename__ = "offer_products"

    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offers.id"), primary_key=True)
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("products.id"), primary_key=True, index=True)


class Offer(MerchantScoped, TermsColumns, Base):
    __tablename__ = "offers"
    __table_args__ = (Index("ix_offers_merchant_id_title", "merchant_id", "title"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    title: Mapped[str] = mapped_column(String(120))
    for_sale: Mapped[bool] = mapped_column(default=True)
    paypal_plan_id: Mapped[str | None] = mapped_column(String(50))

    products: Mapped[list[Product]] = relationship(secondary="offer_products", order_by=Product.title, lazy="raise")
