"""Kooneo, and a PayPal that serves certificates and does as it is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from paypal.server import Answer, PayPalServer, Request, json_answer
from support.running import running_app, settings_for
from support.webhooks import Notary

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
