"""What Kooneo has PayPal create, and where it lets a customer be sent."""

import pytest

from kooneo.money import Money
from kooneo.paypal import BadAnswer, Gateway
from kooneo.terms import Interval, Terms

from .builders import APPROVE, ID, a_new_subscription, an_approval
from .server import PayPalServer, json_answer


def test_every_creation_carries_its_request_id(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.answers(json_answer({"id": "PROD-1234567"}, 201), json_answer({"id": "P-123"}, 201))
    assert gateway.create_product("Aquarelle", request_id="product-1") == "PROD-1234567"
    terms = Terms(Money(4900, "EUR"), Interval.MONTH, 3)
    assert gateway.create_plan("PROD-1234567", "Aquarelle", terms, request_id="plan-1") == "P-123"
    assert [request.headers["paypal-request-id"] for request in paypal.asked] == ["product-1", "plan-1"]


def test_a_new_subscription_has_the_page_on_which_its_customer_agrees(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.answers(json_answer(an_approval(), 201))
    approval = gateway.create_subscription(a_new_subscription(), request_id="order-1")
    assert (approval.paypal_id, approval.approve_url) == (ID, APPROVE)


def test_what_stands_in_for_paypal_has_that_page_too(paypal: PayPalServer, gateway: Gateway) -> None:
    page = f"{paypal.url}/webapps/billing/subscriptions?ba_token=BA-1"
    paypal.answers(json_answer(an_approval(page), 201))
    assert gateway.create_subscription(a_new_subscription(), request_id="order-1").approve_url == page


@pytest.mark.parametrize(
    "elsewhere",
    [
        None,
        "http://www.paypal.com/agree",
        "https://paypal.com.evil.test/agree",
        "https://evil.test/www.paypal.com",
        "https://evilpaypal.com/agree",
        "https://www.paypal.com@evil.test/agree",
        "https://me:pass@www.paypal.com/agree",
        "https://www.paypal.com:8443/agree",
        "https://www.paypal.com:x/agree",
        "javascript:alert(1)//www.paypal.com",
    ],
)
def test_a_customer_is_sent_to_paypal_and_nowhere_else(
    paypal: PayPalServer, gateway: Gateway, elsewhere: str | None
) -> None:
    paypal.answers(json_answer(an_approval(elsewhere), 201))
    with pytest.raises(BadAnswer):
        gateway.create_subscription(a_new_subscription(), request_id="order-1")
