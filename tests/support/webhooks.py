"""PayPal's notifications: the address they come to, who signs them, and what became of them."""

import base64
import json
import secrets
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select
from werkzeug.test import TestResponse

from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.subscriptions.models import Subscription
from kooneo.webhooks.models import EndpointState, WebhookEndpoint, WebhookEvent
from kooneo.webhooks.services.process import process, take_up
from kooneo.webhooks.services.register import register, request_registration
from kooneo.webhooks.services.register import take_up as take_up_registrations

from .builders import saved
from .running import current, fresh, in_app
from .worker import wait_until

_number = iter(range(1, 10_000))


def an_endpoint(merchant: Merchant, **columns: Any) -> WebhookEndpoint:
    """Registered at PayPal."""
    webhook_id = f"WH{uuid.uuid4().hex[:15].upper()}"
    values = {"state": EndpointState.REGISTERED, "webhook_id": webhook_id, "account_version": 1, "registered_at": now()}
    endpoint = WebhookEndpoint(merchant_id=merchant.id, token=secrets.token_urlsafe(32), **(values | columns))
    return saved(endpoint)  # type: ignore[no-any-return]


@in_app
def endpoint_of(merchant: Merchant) -> WebhookEndpoint:
    return db.session.scalars(select(WebhookEndpoint).filter_by(merchant_id=merchant.id)).one()


@in_app
def events_of(row: Merchant | Subscription) -> list[WebhookEvent]:
    """That were kept, in the order in which they came."""
    merchant_id = row.id if isinstance(row, Merchant) else row.merchant_id
    query = select(WebhookEvent).filter_by(merchant_id=merchant_id)
    return list(db.session.scalars(query.order_by(WebhookEvent.received_at)))


def an_event_about(
    row: Subscription | Merchant, what: str = "BILLING.SUBSCRIPTION.UPDATED", **facts: Any
) -> WebhookEvent:
    """Already taken in."""
    merchant_id = row.id if isinstance(row, Merchant) else row.merchant_id
    values = {"paypal_id": getattr(row, "paypal_id", None), "about_money": "PAYMENT" in what} | facts
    event = WebhookEvent(merchant_id=merchant_id, event_id=f"WH-{next(_number)}", event_type=what, **values)
    return saved(event)  # type: ignore[no-any-return]


def arrived(row: Merchant | Subscription, number: int) -> list[WebhookEvent]:
    """Once as many notifications have come in over HTTP: all of them, in order."""
    wait_until(lambda: len(events_of(row)) >= number, f"{number} notifications")
    return events_of(row)


def attempt_to_process(event: WebhookEvent) -> WebhookEvent:
    """The worker runs one job of this notification."""
    _process(str(event.id))
    return fresh(event)  # type: ignore[no-any-return]


def attempt_to_register(merchant: Merchant) -> WebhookEndpoint:
    """The worker runs one job of this registration."""
    _register(str(endpoint_of(merchant).id))
    return endpoint_of(merchant)


_process = in_app(process)
_register = in_app(register)
sweep_notifications = in_app(take_up)
sweep_registrations = in_app(take_up_registrations)


@in_app
def asks_to_register(merchant: Merchant) -> None:
    request_registration(merchant.id)


@dataclass
class Notary:
    """Signs as PayPal does. Making a key takes a moment: one for the whole run is enough."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def certificate(self, *, since: datetime | None = None, until: datetime | None = None) -> bytes:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "messageverificationcerts.paypal.com")])
        since, until = since or now() - timedelta(days=900), until or now() + timedelta(days=900)
        builder = x509.CertificateBuilder(name, name, self.key.public_key(), x509.random_serial_number(), since, until)
        return builder.sign(self.key, SHA256()).public_bytes(Encoding.PEM)

    def headers(self, body: bytes, webhook_id: str, certificate_url: str) -> dict[str, str]:
        transmission_id, time = str(uuid.uuid4()), now().strftime("%Y-%m-%dT%H:%M:%SZ")
        signed = f"{transmission_id}|{time}|{webhook_id}|{zlib.crc32(body)}"
        signature = self.key.sign(signed.encode(), padding.PKCS1v15(), SHA256())
        return {
            "Paypal-Transmission-Id": transmission_id,
            "Paypal-Transmission-Time": time,
            "Paypal-Transmission-Sig": base64.b64encode(signature).decode(),
            "Paypal-Cert-Url": certificate_url,
            "Paypal-Auth-Algo": "SHA256withRSA",
        }


def an_event(event_type: str = "BILLING.SUBSCRIPTION.CANCELLED", **resource: Any) -> bytes:
    """As PayPal writes it."""
    event = {
        "id": f"WH-{uuid.uuid4().hex[:17].upper()}-{uuid.uuid4().hex[:17].upper()}",
        "create_time": now().strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "resource_type": "subscription",
        "event_type": event_type,
        "summary": "Something happened",
        "resource": resource,
    }
    return json.dumps(event).encode()


def post(endpoint: WebhookEndpoint | str, body: bytes, headers: dict[str, str], **options: Any) -> TestResponse:
    """PayPal knocks: without a cookie, without a form."""
    token = endpoint if isinstance(endpoint, str) else endpoint.token
    client = current().test_client(use_cookies=False)
    return client.post(
        f"/webhooks/paypal/{token}", data=body, headers=headers, content_type="application/json", **options
    )


@contextmanager
def open_transactions() -> Iterator[list[int]]:
    """How many transactions are open on the app's engine, now: for whoever is asked meanwhile."""
    count = [0]

    def changed(by: int) -> Any:
        def listener(_connection: Any) -> None:
            count[0] += by

        return listener

    with current().app_context():
        engine = db.engine
    listeners = [("begin", changed(1)), ("commit", changed(-1)), ("rollback", changed(-1))]
    for name, listener in listeners:
        sqlalchemy_event.listen(engine, name, listener)
    try:
        yield count
    finally:
        for name, listener in listeners:
            sqlalchemy_event.remove(engine, name, listener)
