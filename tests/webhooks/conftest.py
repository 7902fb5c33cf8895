"""Kooneo, and a PayPal that serves certificates and does as it is told."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from paypal.server import Answer, PayPalServer, Request, json_answer
from support import paypal
from support.builders import a_subscription, merchant_of
from support.running import running_app, settings_for
from support.webhooks import Notary, asks_to_register, attempt_to_register
from werkzeug.serving import make_server

from kooneo.subscriptions.models import Subscription
from kooneo.webhooks.authenticity import certificates

CERTIFICATE = "/v1/notifications/certs/CERT-1"


@pytest.fixture(scope="session")
def notary() -> Notary:
    return Notary()


@pytest.fixture(scope="session")
def forger() -> Notary:
    return Notary()


@pytest.fixture
def fake_paypal(notary: Notary) -> Iterator[PayPalServer]:
    """Serves the notary's certificate, and vouches for nothing."""
    certificate = notary.certificate()

    def usual(request: Request) -> Answer:
        if request.target == CERTIFICATE:
            return Answer(body=certificate)
        if request.target.endswith("verify-webhook-signature"):
            return json_answer({"verification_status": "FAILURE"})
        return json_answer({"name": "RESOURCE_NOT_FOUND"}, 404)

    with PayPalServer().running() as server:
        server.usual = usual
        yield server


@pytest.fixture
def kooneo(database_url: str, tmp_path: Path, fake_paypal: PayPalServer) -> Iterator[Flask]:
    """Whose PayPal is that one."""
    with running_app(settings_for(database_url, tmp_path / "kooneo", fake_paypal.url)) as running:
        yield running
        certificates.close()


@pytest.fixture
def notified(database_url: str, tmp_path: Path, paypal_url: str) -> Iterator[Subscription]:
    """Of a merchant whose notifications come in over HTTP."""
    settings = settings_for(database_url, tmp_path / "notified", paypal_url)
    with running_app(settings) as kooneo:
        server = make_server("127.0.0.1", 0, kooneo, threaded=True)
        kooneo.config["SETTINGS"] = replace(settings, base_url=f"http://127.0.0.1:{server.port}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        subscription = a_subscription()
        merchant = merchant_of(subscription)
        asks_to_register(merchant)
        attempt_to_register(merchant)
        yield subscription
        server.shutdown()
        thread.join()
        server.server_close()
        paypal.notifies_nobody()
