"""A merchant without PayPal keys: what could be done, why it cannot, and where to read how."""

import pytest
from flask import Flask
from support.acting import changes_of, ended
from support.browser import Browser, signed_in
from support.builders import a_customer, a_member, a_merchant, a_subscription, has_keys, merchant_of
from support.html import Element
from support.running import fresh

from kooneo.accounts.models import Merchant, Role
from kooneo.subscriptions.lifecycle import Gateway
from kooneo.subscriptions.models import Subscription

pytestmark = pytest.mark.usefixtures("app")

WHY = "Les clés API PayPal ne sont pas configurées."
PATHS = ["cancellation", "completion", "abandonment", "pause"]


@pytest.fixture
def merchant(app: Flask) -> Merchant:
    assert app
    return a_merchant(keys=False)


@pytest.fixture
def office(merchant: Merchant) -> Browser:
    return signed_in(a_member(merchant))


def _card(office: Browser, subscription: Subscription) -> Element:
    return office.open(f"/customers/{subscription.customer_id}/subscriptions").by_id(f"subscription-{subscription.id}")


def test_the_card_names_the_actions_and_says_why_not(office: Browser, merchant: Merchant) -> None:
    subscription = a_subscription(a_customer(merchant))
    card = _card(office, subscription)
    named = [item.text for item in card.find("ul", cls="locked-actions").find_all("li")]
    assert named == [
        "Mettre en pause",
        "Marquer comme finalisé",
        "Indiquer comme abandonné",
        "Annuler l’abonnement",
    ]
    assert WHY in card.text
    assert card.find("a", href="/help/paypal-keys").text == "Configurer les clés API PayPal"
    ways = [link["href"] for link in card.find_all("a") if "/subscriptions/" in link.get("href")]
    assert ways == [f"/subscriptions/{subscription.id}/unconfirmed-end"], "all that is left to an owner"
    assert card.find_all("button", disabled=None) == []


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("path", PATHS)
def test_asking_all_the_same_is_refused_with_the_same_reason(
    office: Browser, merchant: Merchant, path: str, htmx: bool
) -> None:
    subscription = a_subscription(a_customer(merchant))
    address = f"/subscriptions/{subscription.id}/{path}"
    office.open("/customers")
    for response in (office.get(address, htmx=htmx), office.post(address, {"change_key": "a-key"}, htmx=htmx)):
        assert response.status_code == 409
        assert WHY in response.text
    assert changes_of(subscription) == []
    assert fresh(subscription).status == "active"


@pytest.mark.parametrize(("role", "links"), [(Role.OWNER, 1), (Role.MEMBER, 0)])
def test_keys_that_paypal_refuses_lead_to_where_they_are_tested(role: Role, links: int) -> None:
    subscription = a_subscription()
    has_keys(merchant_of(subscription), "an-app-that-is-gone", "its-secret")
    assert ended(subscription, "cancel")[1].problem == "credentials"
    card = _card(signed_in(a_member(merchant_of(subscription), role=role)), subscription)
    assert "Testez-les dans Réglages > PayPal" in card.text
    assert len(card.find_all("a", href="/settings/paypal")) == links


def test_what_needs_no_paypal_goes_on(office: Browser, merchant: Merchant) -> None:
    paid_by_transfer = a_subscription(a_customer(merchant), gateway=Gateway.MANUAL)
    over = a_subscription(a_customer(merchant), status="cancelled")
    for subscription, path in ((paid_by_transfer, "cancellation"), (over, "abandonment")):
        card = _card(office, subscription)
        assert card.find("a", href=f"/subscriptions/{subscription.id}/{path}")
        assert WHY not in card.text
    assert ended(paid_by_transfer, "cancel")[0].status == "cancelled"
    assert ended(over, "abandon")[0].status == "abandoned"
