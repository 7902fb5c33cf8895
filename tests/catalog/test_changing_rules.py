"""A change of the access rules: what it would do is shown first, and the merchant says whom it is for."""

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.acting import NORA, ask, ended, journal_details, later, rewrite
from support.browser import Browser, signed_in
from support.builders import (
    a_customer,
    a_grant,
    a_member,
    a_merchant,
    a_product,
    a_subscription,
    an_offer,
    customer_of,
    merchant_of,
    offer_of,
)
from support.running import fresh, in_app

from kooneo.catalog import queries
from kooneo.catalog.consequences import of_new_rules
from kooneo.catalog.models import AccessAfterCancellation, AccessAfterCompletion, AccessRules, Product
from kooneo.catalog.services import AppliesTo, change_access_rules
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.subscriptions.lifecycle import Gateway, SubscriptionStatus
from kooneo.subscriptions.models import Subscription

from .customers import announced, open_to, open_to_all

pytestmark = pytest.mark.usefixtures("app")

WIDER = {"access_after_completion": "closed", "access_after_cancellation": "unlocked"}
ASKED = {"preview": "asked"}
RULES = [AccessRules(*pair) for pair in itertools.product(AccessAfterCompletion, AccessAfterCancellation)]


@in_app
def _change(product: Product, rules: AccessRules, applies_to: AppliesTo) -> None:
    change_access_rules(
        product,
        after_completion=rules.after_completion,
        after_cancellation=rules.after_cancellation,
        applies_to=applies_to,
        by=NORA,
    )


@in_app
def _foreseen(product: Product, rules: AccessRules) -> tuple[set[Any], set[Any]]:
    found = of_new_rules(db.session.get_one(Product, product.id, options=queries.COMPLETE), rules)
    return set(found.gaining), set(found.losing)


def _address(product: Product) -> str:
    return f"/products/{product.id}/protected-content"


def _a_cancelled_one(**product: Any) -> tuple[Browser, Product, Subscription]:
    merchant = a_merchant()
    sold = a_product(merchant, **product)
    subscription = a_subscription(merchant=merchant, offer=an_offer(sold), status="cancelled")
    browser = signed_in(a_member(merchant))
    browser.open(_address(sold))
    return browser, sold, subscription


def test_the_page_shows_who_would_gain_before_anything_is_saved() -> None:
    browser, product, subscription = _a_cancelled_one()
    response = browser.post(_address(product), WIDER | ASKED)
    assert response.status_code == 200
    assert announced(browser.page, "gaining") == (1, ["Alice Martin"])
    assert announced(browser.page, "losing") == (0, [])
    assert [field for field in browser.page.find_all("input", type="radio") if "checked" in field.attributes] == []
    assert fresh(product).access_after_cancellation == "closed"
    assert open_to(customer_of(subscription)) == set()


def test_who_would_lose_is_shown_too() -> None:
    browser, product, _ = _a_cancelled_one(after_cancellation="unlocked")
    browser.post(_address(product), WIDER | ASKED | {"access_after_cancellation": "closed"})
    assert announced(browser.page, "gaining") == (0, [])
    assert announced(browser.page, "losing") == (1, ["Alice Martin"])


def test_the_first_twenty_are_named() -> None:
    browser, product, first = _a_cancelled_one()
    for number in range(24):
        customer = a_customer(merchant_of(first), family_name=f"Zola {number:02}")
        a_subscription(customer, offer=offer_of(first), status="abandoned")
    browser.post(_address(product), WIDER | ASKED)
    number, names = announced(browser.page, "gaining")
    assert (number, len(names), names[:2]) == (25, 20, ["Alice Martin", "Alice Zola 00"])
    assert "et 5 autres" in browser.page.by_id("gaining").text


@pytest.mark.parametrize("other", ["grant", "running"])
def test_somebody_who_has_it_open_anyway_gains_nothing(other: str) -> None:
    browser, product, subscription = _a_cancelled_one()
    if other == "grant":
        a_grant(customer_of(subscription), product)
    else:
        a_subscription(customer_of(subscription), offer=offer_of(subscription), days=100)
    assert browser.post(_address(product), WIDER | ASKED).status_code == 200
    assert announced(browser.page, "gaining")[0] == 0


def test_only_from_now_on_leaves_what_has_ended_and_holds_for_what_ends_later() -> None:
    browser, product, subscription = _a_cancelled_one()
    running = a_subscription(
        a_customer(merchant_of(subscription)), offer=offer_of(subscription), gateway=Gateway.MANUAL
    )
    response = browser.post(_address(product), WIDER | {"preview": "shown", "applies_to": "new"})
    assert response.status_code == 303
    assert fresh(product).access_after_cancellation == "unlocked"
    assert open_to(customer_of(subscription)) == set()
    ask(running, "cancel")
    assert len(open_to(customer_of(running))) == 2


def test_an_end_at_paypal_right_after_the_change_follows_the_new_rule() -> None:
    """PayPal dates its ends to the second."""
    _browser, product, subscription = _a_cancelled_one()
    running = a_subscription(a_customer(merchant_of(subscription)), offer=offer_of(subscription))
    _change(product, RULES[2], AppliesTo.NEW)
    ended(running, "cancel")
    assert len(open_to(customer_of(running))) == 2


def test_also_those_already_ended_follow_at_once() -> None:
    browser, product, subscription = _a_cancelled_one()
    browser.post(_address(product), WIDER | {"preview": "shown", "applies_to": "all"})
    assert len(open_to(customer_of(subscription))) == 2
    assert journal_details(product)[-1]["applies_to"] == "all"


def test_what_was_kept_apart_can_be_brought_in_line_later() -> None:
    browser, product, subscription = _a_cancelled_one()
    _change(product, RULES[2], AppliesTo.NEW)
    assert "gardent les règles d’alors" in browser.open(_address(product)).text
    assert browser.post(_address(product), WIDER | ASKED).status_code == 200
    assert announced(browser.page, "gaining")[0] == 1
    browser.post(_address(product), WIDER | ASKED | {"applies_to": "all"})
    assert len(open_to(customer_of(subscription))) == 2
    assert "gardent les règles d’alors" not in browser.open(_address(product)).text


def test_without_a_preview_the_two_fields_save_for_everybody() -> None:
    browser, product, subscription = _a_cancelled_one()
    assert browser.post(_address(product), WIDER).status_code == 303
    assert len(open_to(customer_of(subscription))) == 2


def test_where_nobody_has_ended_nothing_is_asked() -> None:
    merchant = a_merchant()
    product = a_product(merchant)
    a_subscription(merchant=merchant, offer=an_offer(product))
    browser = signed_in(a_member(merchant))
    assert browser.post(_address(product), WIDER | ASKED).status_code == 303
    assert fresh(product).access_after_cancellation == "unlocked"


@pytest.mark.parametrize("choice", [{}, {"applies_to": ""}, {"applies_to": "some"}])
def test_the_choice_must_be_made(choice: dict[str, str]) -> None:
    browser, product, _ = _a_cancelled_one()
    response = browser.post(_address(product), WIDER | {"preview": "shown"} | choice)
    assert response.status_code == 422
    assert "Choisissez à quels abonnements" in browser.page.find("div", role="alert").text
    assert fresh(product).access_after_cancellation == "closed"


def test_other_merchants_and_other_products_are_not_counted() -> None:
    browser, product, subscription = _a_cancelled_one()
    other = a_product(merchant_of(subscription), title="Encre")
    a_subscription(a_customer(merchant_of(subscription)), offer=an_offer(other), status="cancelled")
    _a_cancelled_one()
    browser.post(_address(product), WIDER | ASKED)
    assert announced(browser.page, "gaining")[0] == 1


subscriptions = st.fixed_dictionaries(
    {
        "status": st.sampled_from(SubscriptionStatus),
        "days": st.integers(5, 120),
        "open_at_end": st.booleans(),
        "granted": st.booleans(),
        "same_customer": st.booleans(),
    }
)


def _a_crowd(drawn: list[dict[str, Any]]) -> tuple[Product, list[Subscription]]:
    merchant = a_merchant(keys=False)
    product = a_product(merchant)
    offer = an_offer(product)
    rows: list[Subscription] = []
    for one in drawn:
        customer = customer_of(rows[-1]) if rows and one["same_customer"] else a_customer(merchant)
        facts = {name: one[name] for name in ("status", "days", "open_at_end")}
        rows.append(a_subscription(customer, offer=offer, gateway=Gateway.MANUAL, **facts))
        if one["granted"]:
            a_grant(customer, product)
    return product, rows


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(subscriptions, min_size=1, max_size=4), st.lists(st.sampled_from(RULES), min_size=1, max_size=3))
def test_a_change_from_now_on_changes_no_ones_access_today(
    drawn: list[dict[str, Any]], rules: list[AccessRules]
) -> None:
    product, rows = _a_crowd(drawn)
    before = open_to_all(rows)
    for one in rules:
        _change(fresh(product), one, AppliesTo.NEW)
        assert open_to_all(rows) == before
    assert fresh(product).rules == rules[-1]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(subscriptions, min_size=1, max_size=4),
    st.sampled_from(RULES),
    st.sampled_from(RULES),
    st.sampled_from(AppliesTo),
)
def test_those_who_are_named_are_those_who_gain_and_lose(
    drawn: list[dict[str, Any]], first: AccessRules, second: AccessRules, applies_to: AppliesTo
) -> None:
    product, rows = _a_crowd(drawn)
    _change(product, first, applies_to)
    before = open_to_all(rows)
    gaining, losing = _foreseen(product, second)
    _change(fresh(product), second, AppliesTo.ALL)
    after = open_to_all(rows)
    assert gaining == {customer for customer in before if after[customer] - before[customer]}
    assert losing == {customer for customer in before if before[customer] - after[customer]}


def test_a_reopened_subscription_follows_the_rules_of_its_new_end() -> None:
    _browser, product, subscription = _a_cancelled_one()
    _change(product, RULES[2], AppliesTo.NEW)
    rewrite(subscription, ended_at=now())
    with later(seconds=1):
        assert len(open_to(customer_of(subscription))) == 2
