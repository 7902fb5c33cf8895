from collections.abc import Iterator

import pytest

from kooneo.paypal import Gateway

from .builders import a_subscription, the_keys
from .server import PayPalServer, json_answer


@pytest.fixture
def paypal() -> Iterator[PayPalServer]:
    with PayPalServer().running() as server:
        server.usual = json_answer(a_subscription())
        yield server


@pytest.fixture
def gateway(paypal: PayPalServer) -> Iterator[Gateway]:
    """Patient enough for a busy machine; tests of impatience make their own."""
    gateway = Gateway(the_keys(), paypal.url)
    yield gateway
    gateway.close()


@pytest.fixture
def hasty(paypal: PayPalServer) -> Iterator[Gateway]:
    gateway = Gateway(the_keys(), paypal.url, connect_timeout=0.3, read_timeout=0.3)
    yield gateway
    gateway.close()
