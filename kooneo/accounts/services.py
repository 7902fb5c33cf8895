"""Signing in and out of the back office."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from kooneo.accounts.models import LoginAttempt, LoginSession, Merchant, Role, TeamMember
from kooneo.accounts.passwords import hash_password, needs_rehash, password_matches
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record

SESSION_LIFETIME = timedelta(hours=12)
IDLE_LIFETIME = timedelta(hours=2)

WINDOW = timedelta(minutes=15)
ATTEMPTS_PER_ACCOUNT = 8
"""From one address. Somebody else's wrong passwords never lock a person out of another address."""
ATTEMPTS_PER_ADDRESS = 40
ATTEMPTS_PER_ACCOUNT_ANYWHERE = 100


class WrongPassword(Exception):
    """Also for an unknown e-mail: the two are told apart by nobody."""


class TooManyAttempts(Exception):
    """Carries when the next one is allowed."""

    def __init__(self, retry_at: datetime) -> None:
        super().__init__("too many attempts")
        self.retry_at = retry_at


def add_member(merchant: Merchant, *, name: str, email: str, password: str, role: Role) -> TeamMember:
    """In the caller's transaction."""
    member = TeamMember(
        id=uuid.uuid4(),
        merchant_id=merchant.id,
        name=name,
        email=email.strip().lower(),
        password_hash=hash_password(password),
        role=role,
    )
    db.session.add(member)
    return member


def sign_in(email: str, password: str, *, address: str, user_agent: str) -> str:
    """Check the password and open a session; returns its token, which only the browser keeps.

    Raises TooManyAttempts or WrongPassword.
    """
    email = email.strip().lower()[:254]
    _check_attempts(email, address)
    member = db.session.scalars(select(TeamMember).filter_by(email=email, disabled_at=None)).one_or_none()
    if not password_matches(member.password_hash if member else None, password) or member is None:
        _count_attempt(email, address)
        raise WrongPassword
    return _open_session(member.id, password, address, user_agent)


def _check_attempts(email: str, address: str) -> None:
    since = now() - WINDOW
    recent = select(func.count(LoginAttempt.id), func.min(LoginAttempt.at)).where(LoginAttempt.at > since)
    by_account, by_address = LoginAttempt.email == email, LoginAttempt.address == address
    limits = (
        (recent.where(by_account, by_address), ATTEMPTS_PER_ACCOUNT),
        (recent.where(by_address), ATTEMPTS_PER_ADDRESS),
        (recent.where(by_account), ATTEMPTS_PER_ACCOUNT_ANYWHERE),
    )
    for query, limit in limits:
        count, oldest = db.session.execute(query).one()
        if count >= limit:
            raise TooManyAttempts(oldest + WINDOW)


def _count_attempt(email: str, address: str) -> None:
    with transaction():
        db.session.execute(delete(LoginAttempt).where(LoginAttempt.at <= now() - WINDOW))
        db.session.add(LoginAttempt(email=email, address=address, at=now()))
        member = db.session.scalars(select(TeamMember).filter_by(email=email)).one_or_none()
        if member:
            by = Actor("member", member.name, "back_office", member.id)
            record(member.merchant_id, "member.sign_in_failed", by=by, subject_id=member.id, address=address)


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
