"""Access given by hand, beside subscriptions."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kooneo.clock import now
from kooneo.columns import MerchantScoped
from kooneo.extensions import Base, UTCDateTime


class AccessGrant(MerchantScoped, Base):
    """Opens one product to one customer, until a date or for good."""

    __tablename__ = "access_grants"
    __table_args__ = (Index("ix_access_grants_merchant_id_customer_id", "merchant_id", "customer_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    product_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("products.id"))
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    granted_by: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(128), default="")
