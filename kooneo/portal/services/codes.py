"""Asking for a code. The request does the same work for every address; only the worker looks whose it is."""

import hashlib
import hmac
import secrets
import uuid
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, delete, func, select

from kooneo import jobs
from kooneo.accounts.models import Merchant
from kooneo.accounts.services import digest
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.extensions import db, transaction
from kooneo.language import gettext as _
from kooneo.mail.letters import Letter, compose
from kooneo.mail.models import MailKind
from kooneo.mail.services.outbox import write
from kooneo.portal.models import PortalCode

WRITE_CODE = "portal.write_code"

LIFETIME = timedelta(minutes=10)
WINDOW = timedelta(minutes=15)
CODES_PER_EMAIL = 5
"""Asked for from one address, so that somebody else's requests seldom keep a person out."""
CODES_PER_EMAIL_ANYWHERE = 20
"""Against many addresses that fill a mailbox together."""
CODES_PER_ADDRESS = 40
TRIES_PER_CODE = 5


class TooManyCodes(Exception):
    """Carries when the next one may be asked for."""

    def __init__(self, retry_at: datetime) -> None:
        super().__init__("too many codes")
        self.retry_at = retry_at


def request_code(merchant: Merchant, email: str, *, address: str) -> str:
    """Have a code sent to `email`, if a customer of this merchant has it. Returns the token of the browser that asked: with
    it alone the code is worth something. Raises TooManyCodes.
    """
    merchant_id, email = merchant.id, email.strip().lower()[:254]
    token, code_id = secrets.token_urlsafe(32), uuid.uuid4()
    with transaction():
        _check_limits(merchant_id, email, address)
        db.session.execute(delete(PortalCode).where(PortalCode.asked_at <= now() - WINDOW))
        asked = PortalCode(
            id=code_id,
            merchant_id=merchant_id,
            email=email,
            address=address,
            browser_digest=digest(token),
            asked_at=now(),
            expires_at=now() + LIFETIME,
        )
        db.session.add(asked)
        db.session.flush()
        job_id = f"code:{code_id}"
        jobs.enqueue(WRITE_CODE, str(code_id), job_id=job_id, partition=str(merchant_id), queue=jobs.MAIL)
    return token


def _check_limits(merchant_id: uuid.UUID, email: str, address: str) -> None:
    by_email = (PortalCode.merchant_id == merchant_id) & (PortalCode.email == email)
    by_address = PortalCode.address == address
    limits: tuple[tuple[ColumnElement[bool], int], ...] = (
        (by_email & by_address, CODES_PER_EMAIL),
        (by_email, CODES_PER_EMAIL_ANYWHERE),
        (by_address, CODES_PER_ADDRESS),
    )
    for whose, limit in limits:
        recent = select(func.count(PortalCode.id), func.min(PortalCode.asked_at))
        count, oldest = db.session.execute(recent.where(whose, PortalCode.asked_at > now() - WINDOW)).one()
        if count >= limit:
            raise TooManyCodes(oldest + WINDOW)


@jobs.job(WRITE_CODE)
def write_code(code_id: str) -> None:
    """Choose the code and write the message, in one transaction. Safe to repeat: a code that was chosen stays."""
    with transaction():
        asked = db.session.get(PortalCode, uuid.UUID(code_id), with_for_update=True)
        if asked is None or asked.code_digest is not None or asked.expires_at <= now():
            return
        query = select(Customer).filter_by(merchant_id=asked.merchant_id, email=asked.email)
        customer = db.session.scalars(query).one_or_none()
        if customer is None:
            return
        merchant, code = db.session.get_one(Merchant, asked.merchant_id), f"{secrets.randbelow(10**6):06}"
        asked.customer_id, asked.code_digest = customer.id, code_digest(asked, code)
        write(
            _letter(merchant, customer, code),
            merchant=merchant,
            to=customer.email,
            cause_id=asked.id,
            customer_id=customer.id,
            useful_until=asked.expires_at,
        )


def _letter(merchant: Merchant, customer: Customer, code: str) -> Letter:
    base_url = current_app.config["SETTINGS"].base_url
    return compose(
        MailKind.CODE,
        subject=_("Votre code pour l'espace client de %(merchant)s", merchant=merchant.name),
        name=customer.name,
        merchant=merchant,
        code=code,
        minutes=int(LIFETIME.total_seconds()) // 60,
        link=f"{base_url}/portal/{merchant.slug}/login?code={code}",
    )


def code_digest(asked: PortalCode, code: str) -> str:
    """Keyed: six digits would be found by trying, in a copy of the database."""
    key = current_app.config["SETTINGS"].secret_key.encode()
    return hmac.new(key, f"portal code {asked.id} {code}".encode(), hashlib.sha256).hexdigest()
