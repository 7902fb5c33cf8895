"""The gateway and the simulator, over HTTP: the two must mean the same by PayPal's words."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from kooneo.money import Money
from kooneo.paypal import (
    BadAnswer,
    Credentials,
    CredentialsRefused,
    Environment,
    Gateway,
    NotFound,
    PayPalError,
    PermissionMissing,
    RateLimited,
    Refused,
    RemoteStatus,
    Unreachable,
)
from tests.paypal_simulator.server import running_simulator

from .builders import ID

REASON = "Asked by the merchant"
KEYS = Credentials("demo-client-atelier", "demo-secret-atelier", Environment.SANDBOX)

SOLD = {
    "id": ID,
    "client_id": KEYS.client_id,
    "plan_id": "P-5ML4271244454362WXNWU5NQ",
    "price": "49.00",
    "start_time": "2026-01-01T10:00:00Z",
    "total_cycles": 12,
    "cycles_completed": 3,
}


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[str]:
    with running_simulator(tmp_path / "paypal.sqlite") as url:
        tell(url, "accounts", client_id=KEYS.client_id, client_secret=KEYS.secret)
        tell(url, "subscriptions", **SOLD)
        yield url


@pytest.fixture
def paypal_gateway(simulator: str) -> Iterator[Gateway]:
    gateway = Gateway(KEYS, simulator, read_timeout=2)
    yield gateway
    gateway.close()


def tell(url: str, what: str, **told: Any) -> None:
    response = requests.post(f"{url}/_control/{what}", json=told, timeout=5)
    assert response.ok, response.text


def calls(url: str) -> list[str]:
    found = requests.get(f"{url}/_control/calls", timeout=5).json()["calls"]
    return [call["action"] for call in found]


def test_a_subscription_is_suspended_activated_and_cancelled(simulator: str, paypal_gateway: Gateway) -> None:
    for act, expected in (
        (paypal_gateway.suspend, RemoteStatus.SUSPENDED),
        (paypal_gateway.activate, RemoteStatus.ACTIVE),
        (paypal_gateway.cancel, RemoteStatus.CANCELLED),
    ):
        act(ID, REASON)
        assert paypal_gateway.get_subscription(ID).status is expected
    assert calls(simulator) == ["token", "suspend", "get", "activate", "get", "cancel", "get"]


def test_a_second_cancellation_is_refused_with_an_issue(paypal_gateway: Gateway) -> None:
    paypal_gateway.cancel(ID, REASON)
    with pytest.raises(Refused) as caught:
        paypal_gateway.cancel(ID, REASON)
    assert caught.value.issue == "SUBSCRIPTION_STATUS_INVALID"
    assert caught.value.debug_id


def test_another_id_is_not_found(paypal_gateway: Gateway) -> None:
    with pytest.raises(NotFound):
        paypal_gateway.get_subscription("I-NOBODYKNOWS")


def test_wrong_keys_are_refused(simulator: str) -> None:
    gateway = Gateway(Credentials(KEYS.client_id, "wrong", Environment.SANDBOX), simulator)
    with pytest.raises(CredentialsRefused):
        gateway.scopes()
    gateway.close()


def test_scopes_name_subscriptions(paypal_gateway: Gateway) -> None:
    assert "https://uri.paypal.com/services/subscriptions" in paypal_gateway.scopes()


def test_transactions_are_read(paypal_gateway: Gateway) -> None:
    listed = paypal_gateway.list_transactions(ID, datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))
    assert [transaction.amount for transaction in listed] == [Money(4900, "EUR")] * 3
    subscription = paypal_gateway.get_subscription(ID)
    assert (subscription.cycles_completed, subscription.total_cycles) == (3, 12)
    assert (subscription.last_payment, subscription.outstanding) == (Money(4900, "EUR"), Money(0, "EUR"))


def test_a_revoked_token_is_replaced_unnoticed(simulator: str, paypal_gateway: Gateway) -> None:
    paypal_gateway.get_subscription(ID)
    requests.delete(f"{simulator}/_control/tokens", timeout=5).raise_for_status()
    paypal_gateway.cancel(ID, REASON)
    assert calls(simulator) == ["token", "get", "cancel", "token", "cancel"]


@pytest.mark.parametrize(
    ("kind", "error", "may_have_applied", "status_after"),
    [
        ("timeout_applied", Unreachable, True, RemoteStatus.CANCELLED),
        ("timeout", Unreachable, True, RemoteStatus.ACTIVE),
        ("500_applied", Unreachable, True, RemoteStatus.CANCELLED),
        ("500", Unreachable, True, RemoteStatus.ACTIVE),
        ("503", Unreachable, True, RemoteStatus.ACTIVE),
        ("403", PermissionMissing, False, RemoteStatus.ACTIVE),
        ("404", NotFound, False, RemoteStatus.ACTIVE),
        ("422", Refused, False, RemoteStatus.ACTIVE),
        ("429", RateLimited, False, RemoteStatus.ACTIVE),
        ("reset_before", Unreachable, True, RemoteStatus.ACTIVE),
        ("reset_after", Unreachable, True, RemoteStatus.CANCELLED),
        ("truncated", BadAnswer, True, RemoteStatus.CANCELLED),
        ("html", BadAnswer, True, RemoteStatus.ACTIVE),
    ],
)
def test_only_a_question_tells_what_a_failed_cancellation_did(
    simulator: str,
    paypal_gateway: Gateway,
    kind: str,
    error: type[PayPalError],
    may_have_applied: bool,
    status_after: RemoteStatus,
) -> None:
    tell(simulator, "failures", on="cancel", id=ID, kind=kind, times=1, seconds=3)
    with pytest.raises(error) as caught:
        paypal_gateway.cancel(ID, REASON)
    assert caught.value.may_have_applied is may_have_applied
    assert paypal_gateway.get_subscription(ID).status is status_after
    assert calls(simulator).count("cancel") == 1
