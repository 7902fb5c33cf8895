"""Merchants, the people who work for them, and what those people's browsers hold."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kooneo.clock import now
from kooneo.columns import enum_column
from kooneo.extensions import Base, UTCDateTime


class Role(StrEnum):
    OWNER = "owner"
    MEMBER = "member"
    VIEWER = "viewer"


class Merchant(Base):
    """The tenant: every query is scoped to one."""

    __tablename__ = "merchants"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(120))
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    time_zone: Mapped[str] = mapped_column(String(60), default="Europe/Paris")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    postponed_steps: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The first steps (kooneo.welcome) that were put off until later."""
    welcomed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When somebody closed the list of first steps."""


class TeamMember(Base):
    """Signs in to the back office of one merchant."""

    __tablename__ = "team_members"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    merchant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("merchants.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """Kept in lower case: two spellings are one person."""
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = enum_column(Role)
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    merchant: Mapped[Merchant] = relationship(lazy="joined", innerjoin=True)


class LoginSession(Base):
    """A signed-in browser. The cookie holds a random token, this row its digest: deleting the row signs the browser out."""

    __tablename__ = "login_sessions"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    team_member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team_members.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    address: Mapped[str] = mapped_column(String(45))
    user_agent: Mapped[str] = mapped_column(String(200))

    member: Mapped[TeamMember] = relationship(lazy="joined", innerjoin=True)


class LoginAttempt(Base):
    """One wrong password, kept to limit the next ones: per account and per address."""

    __tablename__ = "login_attempts"
    __table_args__ = (
        Index("ix_login_attempts_email_at", "email", "at"),
        Index("ix_login_attempts_address_at", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, index=True)
