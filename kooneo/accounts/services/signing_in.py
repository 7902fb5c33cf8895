"""Signing in and out of the back office."""

import hashlib
import secrets
import uuid
from datetime import timedelta

from sqlalchemy import delete, select

from kooneo.accounts.models import LoginAttempt, LoginSession, TeamMember
from kooneo.accounts.passwords import hash_password, needs_rehash, password_matches
from kooneo.accounts.services.attempts import WrongPassword, check_attempts, count_attempt
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record

SESSION_LIFETIME = timedelta(hours=12)
IDLE_LIFETIME = timedelta(hours=2)


def sign_in(email: str, password: str, *, address: str, user_agent: str) -> str:
    """Check the password and open a session; returns its token, which only the browser keeps.

    Raises TooManyAttempts or WrongPassword.
    """
    email = email.strip().lower()[:254]
    check_attempts(email, address)
    member = db.session.scalars(select(TeamMember).filter_by(email=email, disabled_at=None)).one_or_none()
    if not password_matches(member.password_hash if member else None, password) or member is None:
        count_attempt(email, address, "member.sign_in_failed")
        raise WrongPassword
    return _open_session(member.id, password, address, user_agent)


def _open_session(member_id: uuid.UUID, password: str, address: str, user_agent: str) -> str:
    token = secrets.token_urlsafe(32)
    with transaction():
        member = db.session.get_one(TeamMember, member_id)
        if needs_rehash(member.password_hash):
            member.password_hash = hash_password(password)
        db.session.execute(delete(LoginSession).where(LoginSession.expires_at <= now()))
        db.session.execute(delete(LoginAttempt).filter_by(email=member.email, address=address))
        db.session.add(
            LoginSession(
                id=uuid.uuid4(),
                token_digest=digest(token),
                team_member_id=member.id,
                created_at=now(),
                expires_at=now() + SESSION_LIFETIME,
                address=address,
                user_agent=user_agent[:200],
            )
        )
        by = Actor("member", member.name, "back_office", member.id)
        record(member.merchant_id, "member.signed_in", by=by, subject_id=member.id, address=address)
    return token


def find_session(token: str) -> LoginSession | None:
    """The session a browser holds the token of, unless it has ended or its member was disabled."""
    found = db.session.scalars(select(LoginSession).filter_by(token_digest=digest(token))).one_or_none()
    if found is None or found.expires_at <= now() or found.member.disabled_at is not None:
        return None
    return found


def sign_out(session: LoginSession) -> None:
    """At the server: a copy of the cookie is worth nothing from now on."""
    session_id, member = session.id, session.member
    by = Actor("member", member.name, "back_office", member.id)
    merchant_id, member_id = member.merchant_id, member.id
    with transaction():
        db.session.execute(delete(LoginSession).filter_by(id=session_id))
        record(merchant_id, "member.signed_out", by=by, subject_id=member_id)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
