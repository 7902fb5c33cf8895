"""A merchant's own choices."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kooneo.clock import now
from kooneo.columns import encrypted_column, enum_column
from kooneo.extensions import Base, UTCDateTime
from kooneo.paypal import Environment


class TrialResult(StrEnum):
    """What trying keys at PayPal came to."""

    RIGHT = "right"
    WRONG = "wrong"
    UNDECIDED = "undecided"
    """PayPal did not answer, or nothing that tells: the keys may be right."""


class PayPalAccount(Base):
    """The merchant's PayPal API keys. The secret is encrypted and bound to the merchant; its last four characters are readable.

    Keys that were deleted leave the row behind, without the secret, so that no version ever comes again."""

    __tablename__ = "paypal_accounts"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    merchant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("merchants.id"), unique=True)
    client_id: Mapped[str] = mapped_column(String(120))
    encrypted_secret: Mapped[str | None] = encrypted_column()
    secret_ending: Mapped[str] = mapped_column(String(4))
    environment: Mapped[Environment] = enum_column(Environment)
    version: Mapped[int] = mapped_column(default=1)
    """Grows when the keys become those of another PayPal app or environment: a change of status is sent where it was asked
    for, or not at all. A new secret of the same app leaves it as it is."""
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    updated_by: Mapped[str] = mapped_column(String(120), default="")
    tested_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When these very keys were last tried at PayPal; none since they were replaced."""
    test_result: Mapped[TrialResult | None] = enum_column(TrialResult)

    def is_of(self, client_id: str, environment: Environment) -> bool:
        """Whether these would be keys of the same PayPal app, and so of the same account."""
        return (self.client_id, self.environment) == (client_id, environment)
