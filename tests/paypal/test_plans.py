"""What PayPal's plans, products and lists become."""

from typing import Any

import pytest

from kooneo.money import Money
from kooneo.paypal import BadAnswer, Gateway, RemotePlan, RemoteProduct
from kooneo.terms import Interval, Terms

from .builders import ID, a_cycle, a_plan, a_subscription
from .server import PayPalServer, json_answer

PLAN = "P-5ML4271244454362WXNWU5NQ"
MONTHLY = Terms(Money(4900, "EUR"), Interval.MONTH, 1, 12)


def plan(paypal: PayPalServer, gateway: Gateway, **changes: Any) -> RemotePlan:
    paypal.answers(json_answer(a_plan(**changes)))
    return gateway.get_plan(PLAN)


def test_a_plan_has_the_terms_of_its_regular_cycle(paypal: PayPalServer, gateway: Gateway) -> None:
    expected = RemotePlan(PLAN, "PROD-XXCD1234QWER65782", "Atelier du mardi", sold=True, terms=MONTHLY)
    assert plan(paypal, gateway) == expected
    assert paypal.asked[0].target == f"/v1/billing/plans/{PLAN}"


@pytest.mark.parametrize(
    ("cycle", "terms"),
    [
        (a_cycle(total_cycles=0), Terms(Money(4900, "EUR"), Interval.MONTH)),
        (a_cycle(total_cycles=None), Terms(Money(4900, "EUR"), Interval.MONTH, 1, 1)),
        (
            a_cycle(frequency={"interval_unit": "WEEK", "interval_count": 2}),
            Terms(Money(4900, "EUR"), Interval.WEEK, 2, 12),
        ),
        (a_cycle(frequency={"interval_unit": "YEAR"}), Terms(Money(4900, "EUR"), Interval.YEAR, 1, 12)),
        (a_cycle(price=None), None),
        (a_cycle(tenure_type="TRIAL"), None),
    ],
)
def test_terms_as_paypal_writes_them(
    paypal: PayPalServer, gateway: Gateway, cycle: dict[str, Any], terms: Terms | None
) -> None:
    assert plan(paypal, gateway, billing_cycles=[cycle]).terms == terms


@pytest.mark.parametrize("status", ["CREATED", "INACTIVE", None])
def test_a_plan_that_is_not_sold_any_more(paypal: PayPalServer, gateway: Gateway, status: str | None) -> None:
    assert not plan(paypal, gateway, status=status).sold


@pytest.mark.parametrize("unit", ["FORTNIGHT", None, 1])
def test_an_unknown_interval_is_an_error_never_a_guess(paypal: PayPalServer, gateway: Gateway, unit: Any) -> None:
    with pytest.raises(BadAnswer) as caught:
        plan(paypal, gateway, billing_cycles=[a_cycle(frequency={"interval_unit": unit})])
    assert caught.value.detail == "billing_cycles.frequency.interval_unit"


def test_a_subscription_with_terms_of_its_own(paypal: PayPalServer, gateway: Gateway) -> None:
    own = {"billing_cycles": [a_cycle(price="39.00", total_cycles=0)]}
    paypal.answers(json_answer(a_subscription(plan=own)))
    assert gateway.get_own_terms(ID) == Terms(Money(3900, "EUR"), Interval.MONTH)
    assert paypal.asked[0].target == f"/v1/billing/subscriptions/{ID}?fields=plan"


def test_a_product(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.answers(json_answer({"id": "PROD-XXCD1234QWER65782", "name": "Aquarelle", "description": "Le cours"}))
    assert gateway.get_product("PROD-XXCD1234QWER65782") == RemoteProduct(
        "PROD-XXCD1234QWER65782", "Aquarelle", "Le cours"
    )


@pytest.mark.parametrize(
    ("rest", "more", "total"),
    [
        ({"total_items": 61, "total_pages": 4}, True, 61),
        ({"total_items": 60, "total_pages": 3}, False, 60),
        ({"links": [{"rel": "self"}, {"rel": "next", "href": "https://elsewhere.test/"}]}, True, None),
        ({"links": [{"rel": "self"}]}, False, None),
        ({}, False, None),
    ],
)
def test_a_page_of_the_list(
    paypal: PayPalServer, gateway: Gateway, rest: dict[str, Any], more: bool, total: int | None
) -> None:
    paypal.answers(json_answer({"subscriptions": [a_subscription()]} | rest))
    page = gateway.list_subscriptions(3)
    assert (page.paypal_ids, page.more, page.total) == ([ID], more, total)
    assert paypal.asked[0].target == "/v1/billing/subscriptions?page=3&page_size=20&total_required=true"


def test_an_empty_page_ends_the_list(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.answers(json_answer({"subscriptions": [], "total_pages": 9}))
    assert not gateway.list_subscriptions(1).more


def test_an_answer_about_another_plan_is_none(paypal: PayPalServer, gateway: Gateway) -> None:
    with pytest.raises(BadAnswer):
        plan(paypal, gateway, id="P-ANOTHER")
