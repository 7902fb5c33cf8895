"""How a customer gets in: a code sent by e-mail, then a session of the portal's own."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kooneo.clock import now
from kooneo.columns import MerchantScoped
from kooneo.customers.models import Customer
from kooneo.extensions import Base, UTCDateTime


class PortalCode(MerchantScoped, Base):
    """One request for a code, and the wrong codes that were tried. Also for an address that nobody here has: the two are told
    apart by nobody."""

    __tablename__ = "portal_codes"
    __table_args__ = (
        Index("ix_portal_codes_merchant_id_email_asked_at", "merchant_id", "email", "asked_at"),
        Index("ix_portal_codes_address_asked_at", "address", "asked_at"),
        Index("ix_portal_codes_asked_at", "asked_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    email: Mapped[str] = mapped_column(String(254))
    """As it was typed, in lower case."""
    address: Mapped[str] = mapped_column(String(45))
    browser_digest: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the token that only the asking browser holds: the code is worth nothing in another one."""
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    code_digest: Mapped[str | None] = mapped_column(String(64))
    """None until the worker has written the message, and for ever where there is nobody to write to."""
    tries: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PortalSession(MerchantScoped, Base):
    """A customer's browser. The cookie holds a random token, this row its digest: deleting the row signs the browser out."""

    __tablename__ = "portal_sessions"
    __table_args__ = (Index("ix_portal_sessions_customer_id", "customer_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    address: Mapped[str] = mapped_column(String(45))
    user_agent: Mapped[str] = mapped_column(String(200))

    customer: Mapped[Customer] = relationship(lazy="joined", innerjoin=True)
