"""Wrong passwords, counted and limited wherever one is typed: at the sign-in, and again before what matters most."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, func, select

from kooneo.accounts.models import LoginAttempt, TeamMember
from kooneo.accounts.passwords import password_matches
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record

log = structlog.get_logger()

WINDOW = timedelta(minutes=15)
ATTEMPTS_PER_ACCOUNT = 8
"""From one address, so that somebody else's wrong passwords seldom lock a person out."""
ATTEMPTS_PER_ADDRESS = 40
ATTEMPTS_PER_ACCOUNT_ANYWHERE = 100
"""Against many addresses that guess together. The price: together they can lock a person out for as long as they go on."""


class WrongPassword(Exception):
    """Also for an unknown e-mail: the two are told apart by nobody."""


class TooManyAttempts(Exception):
    """Carries when the next one is allowed."""

    def __init__(self, retry_at: datetime) -> None:
        super().__init__("too many attempts")
        self.retry_at = retry_at


def confirm_password(member: TeamMember, password: str, *, address: str) -> None:
    """Somebody who is signed in types their password again. Raises TooManyAttempts or WrongPassword."""
    check_attempts(member.email, address)
    if not password_matches(member.password_hash, password):
        count_attempt(member.email, address, "member.password_refused")
        raise WrongPassword


def check_attempts(email: str, address: str) -> None:
    """Raises TooManyAttempts."""
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


def count_attempt(email: str, address: str, event: str) -> None:
    with transaction():
        db.session.execute(delete(LoginAttempt).where(LoginAttempt.at <= now() - WINDOW))
        db.session.add(LoginAttempt(email=email, address=address, at=now()))
        member = db.session.scalars(select(TeamMember).filter_by(email=email)).one_or_none()
        log.warning("sign_in.refused", known=member is not None, address=address)
        if member:
            by = Actor("member", member.name, "back_office", member.id)
            record(member.merchant_id, event, by=by, subject_id=member.id, address=address)
