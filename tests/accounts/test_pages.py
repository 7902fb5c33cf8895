"""Every page keeps to the rules of support/page_rules; the sign-in page as a visitor sees it."""

import pytest
from support.browser import Browser, signed_in
from support.builders import (
    a_customer,
    a_member,
    a_merchant,
    a_payment,
    a_product,
    a_subscription,
    an_offer,
    customer_of,
    merchant_of,
    product_of,
)

from kooneo.accounts.models import Role
from kooneo.subscriptions.lifecycle import Gateway, SubscriptionStatus, actions_from
from kooneo.subscriptions.words import ACTION_BY_PATH

pytestmark = pytest.mark.usefixtures("app")


def test_the_sign_in_page() -> None:
    page = Browser().open("/login")
    assert page.find("h1").text == "Se connecter"
    assert page.find("input", name="email")["autocomplete"] == "username"
    assert page.find("input", name="password")["autocomplete"] == "current-password"


@pytest.mark.parametrize("status", SubscriptionStatus)
@pytest.mark.parametrize("role", [Role.OWNER, Role.VIEWER])
def test_pages_about_a_subscription(status: SubscriptionStatus, role: Role) -> None:
    subscription = a_subscription(status=status, total_cycles=12)
    a_payment(subscription)
    customer = customer_of(subscription)
    browser = signed_in(a_member(merchant_of(subscription), role=role))
    browser.open(f"/customers/{customer.id}/subscriptions")
    section = browser.page.by_id(f"subscription-{subscription.id}")
    assert section["data-status"] == status
    browser.open(f"/customers/{customer.id}/profile")
    browser.open(f"/subscriptions/{subscription.id}/card")
    assert browser.page.find("section")["data-paypal-id"] == subscription.paypal_id
    browser.open(f"/products/{product_of(subscription).id}")
    browser.open(f"/products/{product_of(subscription).id}/protected-content")
    browser.open(f"/customers?status={status}")
    assert customer.email in browser.page.text


@pytest.mark.parametrize("status", SubscriptionStatus)
@pytest.mark.parametrize("path", ["cancellation", "completion", "abandonment"])
@pytest.mark.parametrize("htmx", [False, True])
def test_the_forms_of_every_action(status: SubscriptionStatus, path: str, htmx: bool) -> None:
    subscription = a_subscription(status=status, commitment_cycles=12)
    browser = signed_in(a_member(merchant_of(subscription)))
    response = browser.get(f"/subscriptions/{subscription.id}/{path}", htmx=htmx)
    assert response.status_code == (200 if ACTION_BY_PATH[path] in actions_from(subscription.standing) else 409)


def test_empty_pages() -> None:
    merchant = a_merchant()
    customer = a_customer(merchant)
    browser = signed_in(a_member(merchant))
    for path in ("/customers", "/products", f"/customers/{customer.id}/subscriptions", "/customers?q=personne"):
        browser.open(path)


def test_what_is_paid_outside_paypal_and_several_products() -> None:
    merchant = a_merchant()
    offer = an_offer(a_product(merchant), a_product(merchant, title="Gravure", contents=()), total_cycles=3)
    subscription = a_subscription(offer=offer, gateway=Gateway.MANUAL)
    browser = signed_in(a_member(merchant))
    browser.open(f"/customers/{subscription.customer_id}/subscriptions")
    section = browser.page.by_id(f"subscription-{subscription.id}")
    assert (section["data-gateway"], section["data-paypal-id"]) == ("manual", "")
    browser.open(f"/subscriptions/{subscription.id}/cancellation")


@pytest.mark.parametrize(
    "path", ["/nowhere", "/customers/00000000-0000-4000-8000-000000000000", "/customers?status=nothing", "/customers/x"]
)
@pytest.mark.parametrize("htmx", [False, True])
def test_error_pages(path: str, htmx: bool) -> None:
    browser = signed_in(a_member())
    assert browser.get(path, htmx=htmx).status_code == 404
    assert "Cette page n’existe pas" in browser.page.text


def test_a_wrong_method_names_the_right_ones() -> None:
    browser = signed_in(a_member())
    response = browser.post("/customers")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
