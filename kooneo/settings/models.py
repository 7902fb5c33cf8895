"""A merchant's own choices."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kooneo.clock import now
from kooneo.columns import enum_column
from kooneo.extensions import Base, UTCDateTime
from kooneo.paypal import Environment


class PayPalAccount(Base):
    """The merchant's PayPal API keys. The secret is encrypted and bound to the merchant; its last four characters are readable."""

    __tablename__ = "paypal_accounts"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    merchant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("merchants.id"), unique=True)
    client_id: Mapped[str] = mapped_column(String(120))
    encrypted_secret: Mapped[str] = mapped_column(String(500))
    secret_ending: Mapped[str] = mapped_column(String(4))
    environment: Mapped[Environment] = enum_column(Environment)
    version: Mapped[int] = mapped_column(default=1)
    """Grows with every replacement: a change is sent with the keys it was asked for, or not at all."""
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
