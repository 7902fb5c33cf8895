"""Opening a customer's session with a code, finding it again, and ending it."""

import hmac
import secrets
import uuid
from datetime import timedelta

from sqlalchemy import delete, select

from kooneo.accounts.models import Merchant
from kooneo.accounts.services import digest
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record
from kooneo.portal.models import PortalCode, PortalSession
from kooneo.portal.services.codes import TRIES_PER_CODE, code_digest

SESSION_LIFETIME = timedelta(hours=12)


class WrongCode(Exception):
    """Another try is allowed."""


class CodeSpent(Exception):
    """Used, too old, tried too often, or asked for in another browser: a new one is needed."""


def sign_in(merchant: Merchant, browser_token: str, code: str, *, address: str, user_agent: str) -> str:
    """Open a session; returns its token, which only the browser keeps. Raises WrongCode or CodeSpent."""
    merchant_id = merchant.id
    with transaction():
        asked = _pending(merchant_id, browser_token, lock=True)
        if asked is None:
            raise CodeSpent
        if asked.code_digest is not None and hmac.compare_digest(asked.code_digest, code_digest(asked, code)):
            asked.used_at = now()
            return _open_session(asked, address, user_agent)
        asked.tries += 1
        if spent := asked.tries >= TRIES_PER_CODE:
            _note_failure(asked)
    raise CodeSpent if spent else WrongCode


def pending_code(merchant_id: uuid.UUID, browser_token: str) -> PortalCode | None:
    """What this browser asked for and may still use."""
    return _pending(merchant_id, browser_token)


def _pending(merchant_id: uuid.UUID, browser_token: str, *, lock: bool = False) -> PortalCode | None:
    query = select(PortalCode).filter_by(merchant_id=merchant_id, browser_digest=digest(browser_token), used_at=None)
    query = query.where(PortalCode.expires_at > now(), PortalCode.tries < TRIES_PER_CODE)
    return db.session.scalars(query.with_for_update() if lock else query).one_or_none()


def _note_failure(asked: PortalCode) -> None:
    if customer := db.session.get(Customer, asked.customer_id) if asked.customer_id else None:
        _record("portal.sign_in_failed", customer, asked.address)


def _open_session(asked: PortalCode, address: str, user_agent: str) -> str:
    customer, token = db.session.get_one(Customer, asked.customer_id), secrets.token_urlsafe(32)
    db.session.execute(delete(PortalSession).where(PortalSession.expires_at <= now()))
    db.session.add(
        PortalSession(
            id=uuid.uuid4(),
            merchant_id=asked.merchant_id,
            token_digest=digest(token),
            customer_id=customer.id,
            opened_at=now(),
            expires_at=now() + SESSION_LIFETIME,
            address=address,
            user_agent=user_agent[:200],
        )
    )
    _record("portal.signed_in", customer, address)
    return token


def find_session(merchant_id: uuid.UUID, token: str) -> PortalSession | None:
    """Of this merchant's portal, unless it has ended."""
    found = db.session.scalars(
        select(PortalSession).filter_by(merchant_id=merchant_id, token_digest=digest(token))
    ).one_or_none()
    return None if found is None or found.expires_at <= now() else found


def sign_out(session: PortalSession) -> None:
    """At the server: a copy of the cookie is worth nothing from now on."""
    session_id, customer = session.id, session.customer
    with transaction():
        db.session.execute(delete(PortalSession).filter_by(id=session_id))
        _record("portal.signed_out", customer, None)


def _record(event: str, customer: Customer, address: str | None) -> None:
    by = Actor("customer", customer.name, "portal", customer.id)
    record(customer.merchant_id, event, by=by, customer_id=customer.id, subject_id=customer.id, address=address)
