"""A merchant's PayPal keys: stored encrypted, opened only to talk to PayPal."""

import uuid

import structlog
from flask import current_app
from sqlalchemy import select

from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.encryption import DecryptionError, Vault
from kooneo.extensions import db
from kooneo.paypal import Credentials, Environment, Gateway, open_gateway
from kooneo.settings.models import PayPalAccount

log = structlog.get_logger()


def save_paypal_keys(
    merchant_id: uuid.UUID, *, client_id: str, secret: str, environment: Environment, by_name: str = ""
) -> PayPalAccount:
    """Create or replace the merchant's keys, in the caller's transaction. Those of another app or environment make a new
    version, also after a deletion."""
    account = locked_account(merchant_id)
    if account is None:
        account = PayPalAccount(id=uuid.uuid4(), merchant_id=merchant_id, version=0)
        db.session.add(account)
    if not account.is_of(client_id, environment):
        account.version += 1
    account.client_id = client_id
    account.encrypted_secret = vault().encrypt(secret, context=str(merchant_id))
    account.secret_ending = secret[-4:]
    account.environment = environment
    account.updated_at, account.updated_by = now(), by_name
    account.tested_at = account.test_result = None
    return account


def paypal_account(merchant_id: uuid.UUID) -> PayPalAccount | None:
    """None when the merchant has no keys, or none any more."""
    query = select(PayPalAccount).where(PayPalAccount.encrypted_secret.is_not(None))
    return db.session.scalars(query.filter_by(merchant_id=merchant_id)).one_or_none()


def locked_account(merchant_id: uuid.UUID) -> PayPalAccount | None:
    """Also what deleted keys have left. For a transaction that is going to change them: two never do so at once."""
    db.session.get_one(Merchant, merchant_id, with_for_update=True)
    query = select(PayPalAccount).filter_by(merchant_id=merchant_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def gateway_for(account: PayPalAccount) -> Gateway | None:
    """None, and a line in the log, when the encryption keys at hand do not open the secret."""
    try:
        return open_gateway(credentials_of(account), url=current_app.config["SETTINGS"].paypal_url)
    except DecryptionError:
        log.exception("paypal_account.unreadable", merchant_id=str(account.merchant_id))
        return None


def credentials_of(account: PayPalAccount) -> Credentials:
    """Raises kooneo.encryption.DecryptionError."""
    secret = vault().decrypt(account.encrypted_secret or "", context=str(account.merchant_id))
    return Credentials(account.client_id, secret, account.environment)


def paypal_page(account: PayPalAccount | None, paypal_id: str | None) -> str:
    """The address of a subscription in the merchant's own PayPal account; empty without one, and where a simulator stands in."""
    if account is None or not paypal_id or current_app.config["SETTINGS"].paypal_url:
        return ""
    return f"https://{_host(account)}/billing/subscriptions/{paypal_id}"


def automatic_payments_page(account: PayPalAccount | None) -> str:
    """Where a customer sees, in their own PayPal account, what merchants may take, and by which means it is paid."""
    return f"https://{_host(account)}/myaccount/autopay/"


def _host(account: PayPalAccount | None) -> str:
    sandbox = account is not None and account.environment == Environment.SANDBOX
    return "www.sandbox.paypal.com" if sandbox else "www.paypal.com"


def vault() -> Vault:
    return Vault(current_app.config["SETTINGS"].encryption_keys)
