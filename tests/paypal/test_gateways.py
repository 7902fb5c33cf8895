"""Gateways are shared, so that tokens and connections are used again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from kooneo.paypal import Environment, Gateway, close_gateways, open_gateway, trial_gateway
from kooneo.paypal.gateway import MOST_GATEWAYS

from .builders import ID, the_keys
from .server import PayPalServer


@pytest.fixture(autouse=True)
def _closed_afterwards() -> Iterator[None]:
    yield
    close_gateways()


def test_the_same_keys_share_a_token_and_a_connection(paypal: PayPalServer) -> None:
    for _ in range(3):
        open_gateway(the_keys(), url=paypal.url).get_subscription(ID)
    assert len(paypal.asked_for_token) == 1
    assert paypal.connections == 1


def test_threads_open_one_and_the_same() -> None:
    with ThreadPoolExecutor(10) as threads:
        opened = list(threads.map(lambda _: open_gateway(the_keys()), range(50)))
    assert len(set(opened)) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(the_keys(), secret="rotated"),
        replace(the_keys(), client_id="another"),
        replace(the_keys(), environment=Environment.LIVE),
    ],
    ids=["secret", "client id", "environment"],
)
def test_other_keys_never_share(paypal: PayPalServer, other: object) -> None:
    assert open_gateway(the_keys(), url=paypal.url) is not open_gateway(other, url=paypal.url)  # type: ignore[arg-type]


def test_another_address_never_shares(paypal: PayPalServer) -> None:
    assert open_gateway(the_keys(), url=paypal.url) is not open_gateway(the_keys())


def test_only_so_many_are_kept_and_the_used_ones_stay() -> None:
    used, idle = open_gateway(the_keys("used")), open_gateway(the_keys("idle"))
    for number in range(MOST_GATEWAYS - 1):
        open_gateway(the_keys(f"secret {number}"))
        assert open_gateway(the_keys("used")) is used
    assert open_gateway(the_keys("idle")) is not idle


def test_a_gateway_let_go_still_works(paypal: PayPalServer) -> None:
    gateway = open_gateway(the_keys(), url=paypal.url)
    close_gateways()
    assert gateway.get_subscription(ID).paypal_id == ID
    gateway.close()


@pytest.mark.parametrize(
    ("environment", "address"),
    [(Environment.LIVE, "https://api-m.paypal.com"), (Environment.SANDBOX, "https://api-m.sandbox.paypal.com")],
)
def test_without_an_address_it_is_paypals_own(environment: Environment, address: str) -> None:
    api = open_gateway(replace(the_keys(), environment=environment))._api
    assert (api.endpoint, api.token_endpoint) == (address, address)


@pytest.mark.parametrize(
    ("environment", "meant"),
    [(Environment.LIVE, "host=api-m.paypal.com"), (Environment.SANDBOX, "host=api-m.sandbox.paypal.com")],
)
def test_what_stands_in_for_paypal_is_told_for_which_of_its_addresses(
    paypal: PayPalServer, environment: Environment, meant: str
) -> None:
    open_gateway(replace(the_keys(), environment=environment), url=paypal.url).get_subscription(ID)
    assert {request.headers["forwarded"] for request in paypal.requests} == {meant}


def test_paypal_itself_is_told_nothing_of_the_kind() -> None:
    assert "Forwarded" not in open_gateway(the_keys())._api._headers


def test_keys_on_trial_are_not_kept_and_cost_one_token(paypal: PayPalServer) -> None:
    with trial_gateway(the_keys(), url=paypal.url) as gateway:
        assert gateway.scopes()
        gateway.get_subscription(ID)
    assert len(paypal.asked_for_token) == 1
    assert open_gateway(the_keys(), url=paypal.url) is not gateway


@pytest.mark.parametrize(
    "url", ["", "paypal.com", "ftp://paypal.com", "https://", "https://a:b@paypal.com", "https://x?y"]
)
def test_an_address_that_is_none_is_our_mistake(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        open_gateway(the_keys(), url=url)


def test_two_merchants_do_not_mix_their_tokens(paypal: PayPalServer) -> None:
    for secret in ("first", "second"):
        gateway = Gateway(the_keys(secret), paypal.url)
        gateway.get_subscription(ID)
        gateway.close()
    first, second = paypal.asked
    assert first.headers["authorization"] != second.headers["authorization"]
