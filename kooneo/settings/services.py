"""A merchant's PayPal keys: stored encrypted, opened only to talk to PayPal."""

import uuid

from flask import current_app
from sqlalchemy import select

from kooneo.clock import now
from kooneo.encryption import Vault
from kooneo.extensions import db
from kooneo.paypal import Credentials, Environment, Gateway, open_gateway
from kooneo.settings.models import PayPalAccount


def save_paypal_keys(merchant_id: uuid.UUID, *, client_id: str, secret: str, environment: Environment) -> PayPalAccount:
    """Create or replace the merchant's keys, in the caller's transaction. A replacement makes a new version."""
    account = paypal_account(merchant_id)
    if account is None:
        account = PayPalAccount(id=uuid.uuid4(), merchant_id=merchant_id, version=0)
        db.session.add(account)
    account.client_id = client_id
    account.encrypted_secret = _vault().encrypt(secret, context=str(merchant_id))
    account.secret_ending = secret[-4:]
    account.environment = environment
    account.version += 1
    account.updated_at = now()
    return account


def paypal_account(merchant_id: uuid.UUID) -> PayPalAccount | None:
    return db.session.scalars(select(PayPalAccount).filter_by(merchant_id=merchant_id)).one_or_none()


def gateway_for(account: PayPalAccount) -> Gateway:
    """Raises kooneo.encryption.DecryptionError when the encryption keys at hand do not open the secret."""
    secret = _vault().decrypt(account.encrypted_secret, context=str(account.merchant_id))
    credentials = Credentials(account.client_id, secret, account.environment)
    return open_gateway(credentials, url=current_app.config["SETTINGS"].paypal_url)


def paypal_page(account: PayPalAccount | None, paypal_id: str | None) -> str:
    """The address of a subscription in the merchant's own PayPal account; empty without one, and where a simulator stands in."""
    if account is None or not paypal_id or current_app.config["SETTINGS"].paypal_url:
        return ""
    host = "www.sandbox.paypal.com" if account.environment == Environment.SANDBOX else "www.paypal.com"
    return f"https://{host}/billing/subscriptions/{paypal_id}"


def _vault() -> Vault:
    return Vault(current_app.config["SETTINGS"].encryption_keys)
