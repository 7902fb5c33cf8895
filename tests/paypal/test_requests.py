"""What goes out. paypalrestsdk sent `null` with GET, doubled slashes, and pasted ids into the path unescaped."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from kooneo.paypal import Gateway, NotFound

from .builders import ID, a_subscription, the_keys
from .server import Answer, PayPalServer, json_answer

REASON = "Asked by the merchant"
START = datetime(2026, 1, 1, 9, 30, tzinfo=timezone(timedelta(hours=1)))
END = datetime(2026, 2, 1, 0, 0, 0, 940_000, tzinfo=UTC)


def test_a_question_has_no_body(paypal: PayPalServer, gateway: Gateway) -> None:
    gateway.get_subscription(ID)
    (request,) = paypal.asked
    assert (request.method, request.target) == ("GET", f"/v1/billing/subscriptions/{ID}")
    assert request.body == b""
    assert "content-type" not in request.headers
    assert "content-length" not in request.headers


def test_a_compressed_answer_is_not_asked_for(paypal: PayPalServer, gateway: Gateway) -> None:
    gateway.get_subscription(ID)
    assert {request.headers["accept-encoding"] for request in paypal.requests} == {"identity"}


@pytest.mark.parametrize("verb", ["cancel", "suspend", "activate"])
def test_an_action_sends_its_reason_and_returns_the_debug_id(paypal: PayPalServer, gateway: Gateway, verb: str) -> None:
    paypal.answers(Answer(204, headers={"Paypal-Debug-Id": "f42a1c"}))
    assert getattr(gateway, verb)(ID, "Demandé — à l’instant") == "f42a1c"
    (request,) = paypal.asked
    assert (request.method, request.target) == ("POST", f"/v1/billing/subscriptions/{ID}/{verb}")
    assert json.loads(request.body) == {"reason": "Demandé — à l’instant"}
    assert request.headers["content-type"] == "application/json"


def test_an_action_without_debug_id_returns_none(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.answers(Answer(204))
    assert gateway.cancel(ID, REASON) is None


def test_a_period_is_asked_for_in_utc(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.answers(json_answer({}))
    assert gateway.list_transactions(ID, START, END) == []
    path, _, query = paypal.asked[0].target.partition("?")
    assert path == f"/v1/billing/subscriptions/{ID}/transactions"
    assert query == "start_time=2026-01-01T08%3A30%3A00.000Z&end_time=2026-02-01T00%3A00%3A00.940Z"


@pytest.mark.parametrize("slashes", ["/", "///"])
def test_a_trailing_slash_in_the_address_is_not_doubled(paypal: PayPalServer, slashes: str) -> None:
    gateway = Gateway(the_keys(), paypal.url + slashes)
    gateway.get_subscription(ID)
    gateway.close()
    assert [request.target for request in paypal.requests] == ["/v1/oauth2/token", f"/v1/billing/subscriptions/{ID}"]


@pytest.mark.parametrize(
    "call",
    [
        lambda gateway, paypal_id: gateway.get_subscription(paypal_id),
        lambda gateway, paypal_id: gateway.cancel(paypal_id, REASON),
        lambda gateway, paypal_id: gateway.suspend(paypal_id, REASON),
        lambda gateway, paypal_id: gateway.activate(paypal_id, REASON),
        lambda gateway, paypal_id: gateway.list_transactions(paypal_id, START, END),
        lambda gateway, paypal_id: gateway.get_own_terms(paypal_id),
        lambda gateway, paypal_id: gateway.get_plan(paypal_id),
        lambda gateway, paypal_id: gateway.get_product(paypal_id),
    ],
    ids=["get", "cancel", "suspend", "activate", "transactions", "own terms", "plan", "product"],
)
@pytest.mark.parametrize(
    "paypal_id",
    ["../../oauth2/token", "", "I-", "I" * 51, "I-BW45/cancel", "I-BW45?x", "I-BW45\n", "I-BW45%2F", "I-é" * 3, ".."],
)
def test_an_id_that_cannot_be_paypals_is_never_asked_for(
    paypal: PayPalServer, gateway: Gateway, call: Callable[[Gateway, str], object], paypal_id: str
) -> None:
    with pytest.raises(NotFound) as caught:
        call(gateway, paypal_id)
    assert paypal.requests == []
    assert not caught.value.may_have_applied


@pytest.mark.parametrize("reason", ["", "x" * 129])
def test_a_reason_paypal_would_refuse_is_our_mistake(paypal: PayPalServer, gateway: Gateway, reason: str) -> None:
    with pytest.raises(ValueError, match="reason"):
        gateway.cancel(ID, reason)
    assert paypal.requests == []


def test_an_instant_without_time_zone_is_our_mistake(gateway: Gateway) -> None:
    with pytest.raises(ValueError, match="time zone"):
        gateway.list_transactions(ID, datetime(2026, 1, 1), END)  # noqa: DTZ001


def test_after_a_cancellation_paypal_is_asked_anew(paypal: PayPalServer, gateway: Gateway) -> None:
    """The SDK's object still says ACTIVE after the 204."""
    paypal.answers(json_answer(a_subscription()), Answer(204), json_answer(a_subscription(status="CANCELLED")))
    before = gateway.get_subscription(ID)
    gateway.cancel(ID, REASON)
    assert (before.status, gateway.get_subscription(ID).status) == ("ACTIVE", "CANCELLED")
