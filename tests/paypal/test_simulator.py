"""The gateway and the simulator, over HTTP: the two must mean the same by PayPal's words."""

from collections.abc import Iterator
from dataclasses import replace
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
    SaleState,
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


def test_the_list_gives_what_a_question_for_each_gives(simulator: str, paypal_gateway: Gateway) -> None:
    for number in range(24):
        status = "CANCELLED" if number == 7 else "ACTIVE"
        tell(simulator, "subscriptions", **SOLD | {"id": f"I-LISTED{number:02}", "status": status})
    first, second = (paypal_gateway.list_subscriptions(page, in_force=True) for page in (1, 2))
    assert (len(first.whole), first.more) == (20, True)
    assert (len(second.whole), second.more) == (4, False)
    listed = {remote.paypal_id: remote for remote in [*first.whole, *second.whole]}
    assert "I-LISTED07" not in listed
    asked = paypal_gateway.get_subscription(ID)
    assert replace(listed[ID], debug_id=None) == replace(asked, debug_id=None)


def test_a_payment_is_refunded_in_parts_and_once_for_each_request(paypal_gateway: Gateway) -> None:
    sale = _a_sale(paypal_gateway)
    assert paypal_gateway.get_sale(sale).state == SaleState.COMPLETED
    first = paypal_gateway.refund(sale, Money(1000, "EUR"), request_id="one")
    again = paypal_gateway.refund(sale, Money(1000, "EUR"), request_id="one")
    assert (again.refund_id, again.total) == (first.refund_id, Money(1000, "EUR"))
    assert paypal_gateway.get_sale(sale).state == SaleState.PARTIALLY_REFUNDED
    with pytest.raises(Refused) as caught:
        paypal_gateway.refund(sale, Money(3901, "EUR"), request_id="two")
    assert caught.value.name == "REFUND_EXCEEDED_TRANSACTION_AMOUNT"
    assert paypal_gateway.refund(sale, Money(3900, "EUR"), request_id="three").total == Money(4900, "EUR")
    assert paypal_gateway.get_sale(sale).state == SaleState.REFUNDED
    with pytest.raises(Refused) as caught:
        paypal_gateway.refund(sale, Money(1, "EUR"), request_id="four")
    assert caught.value.name == "TRANSACTION_ALREADY_REFUNDED"


def _a_sale(gateway: Gateway) -> str:
    listed = gateway.list_transactions(ID, datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))
    return listed[-1].transaction_id


def test_a_sale_of_nobody_is_not_found(paypal_gateway: Gateway) -> None:
    for ask in (paypal_gateway.get_sale, lambda sale: paypal_gateway.refund(sale, Money(1, "EUR"), request_id="x")):
        with pytest.raises(NotFound):
            ask("NOBODYKNOWS")


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
