"""What a merchant lets customers do alone."""

import uuid
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kooneo.columns import enum_column
from kooneo.extensions import Base, db

MESSAGE_LENGTH = 500


class DuringCommitment(StrEnum):
    """What becomes of an end that is asked for before the commitment is kept."""

    ALLOWED = "allowed"
    AT_ITS_END = "at_its_end"
    AS_REQUEST = "as_request"


@dataclass(frozen=True)
class Options:
    self_cancellation: bool = False
    ask_motive: bool = True
    message: str = ""
    """The merchant's own words before the end; they never block."""
    during_commitment: DuringCommitment = DuringCommitment.ALLOWED
    instalments: bool = True
    """Whether plans with a fixed number of instalments may be ended alone."""


class PortalOptions(Base):
    """The row of a merchant who chose; until then `Options()` holds."""

    __tablename__ = "portal_options"

    merchant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("merchants.id"), primary_key=True)
    self_cancellation: Mapped[bool]
    ask_motive: Mapped[bool]
    message: Mapped[str] = mapped_column(String(MESSAGE_LENGTH))
    during_commitment: Mapped[DuringCommitment] = enum_column(DuringCommitment)
    instalments: Mapped[bool]


def options_of(merchant_id: uuid.UUID) -> Options:
    row = db.session.get(PortalOptions, merchant_id)
    if row is None:
        return Options()
    return Options(**{name: getattr(row, name) for name in Options.__dataclass_fields__})
