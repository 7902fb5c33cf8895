"""Access given by hand, beside subscriptions."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kooneo.catalog.models import Content, Product
from kooneo.clock import now
from kooneo.columns import MerchantScoped
from kooneo.extensions import Base, UTCDateTime


class AccessGrant(MerchantScoped, Base):
    """Opens a product, or one of its contents, to one customer, until a date or for good."""

    __tablename__ = "access_grants"
    __table_args__ = (
        UniqueConstraint("merchant_id", "key", "place"),
        Index("ix_access_grants_merchant_id_customer_id", "merchant_id", "customer_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("products.id"))
    content_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contents.id"))
    """The one content that it opens; none = all of the product's, those to come too."""
    key: Mapped[str | None] = mapped_column(String(64))
    """Made with the form: the same form sent twice gives once."""
    place: Mapped[int] = mapped_column(default=0)
    """Among the grants of one form."""
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    granted_by: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(128), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """From here on it opens nothing; the row stays, to say why."""
    withdrawn_by: Mapped[str] = mapped_column(String(120), default="")
    withdrawal_reason: Mapped[str] = mapped_column(String(128), default="")

    product: Mapped[Product] = relationship(lazy="raise")
    content: Mapped[Content | None] = relationship(lazy="raise")
