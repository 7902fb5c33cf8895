"""Having PayPal notify Kooneo: when keys are kept, and what the settings say about it."""

from dataclasses import replace

import pytest
from flask import Flask
from support import paypal
from support.acting import at, jobs_of, journal_findings, later, rewrite
from support.browser import Browser, signed_in
from support.builders import a_member, a_merchant, client_id_of, saved, secret_of
from support.keys import PAGE, an_app, saves
from support.running import fresh
from support.webhooks import (
    an_endpoint,
    asks_to_register,
    attempt_to_register,
    endpoint_of,
    sweep_registrations,
)

from kooneo.accounts.models import Merchant, Role
from kooneo.paypal import EVENT_TYPES
from kooneo.webhooks.models import EndpointState, WebhookEvent

pytestmark = pytest.mark.usefixtures("app")

_BUTTON = "/settings/paypal/notifications"


@pytest.fixture
def merchant(app: Flask) -> Merchant:
    assert app
    return a_merchant()


def _at_paypal(merchant: Merchant) -> list[dict]:  # type: ignore[type-arg]
    return paypal.webhooks(client_id_of(merchant), secret_of(merchant))


def _registered(merchant: Merchant) -> str:
    asks_to_register(merchant)
    return attempt_to_register(merchant).webhook_id or ""


def test_keys_that_are_kept_bring_the_notifications() -> None:
    newcomer, keys = a_merchant(keys=False), an_app()
    office = signed_in(a_member(newcomer))
    office.open(PAGE)
    assert saves(office, keys).status_code == 303
    endpoint = endpoint_of(newcomer)
    assert (endpoint.state, len(endpoint.token)) == (EndpointState.WAITING, 43)
    assert paypal.webhooks(keys["client_id"], keys["client_secret"]) == [], "not while the person waits"
    endpoint = attempt_to_register(newcomer)
    (webhook,) = paypal.webhooks(keys["client_id"], keys["client_secret"])
    assert (endpoint.state, endpoint.webhook_id) == (EndpointState.REGISTERED, webhook["id"])
    assert webhook["url"] == f"http://localhost/webhooks/paypal/{endpoint.token}"
    assert {one["name"] for one in webhook["event_types"]} == set(EVENT_TYPES)
    assert journal_findings(newcomer.id) == []


def test_asked_again_it_is_the_same_registration(merchant: Merchant) -> None:
    first, token = _registered(merchant), endpoint_of(merchant).token
    assert _registered(merchant) == first
    assert len(_at_paypal(merchant)) == 1
    assert endpoint_of(merchant).token == token


def test_one_that_was_added_by_hand_is_found_and_completed(merchant: Merchant) -> None:
    asks_to_register(merchant)
    url = f"http://localhost/webhooks/paypal/{endpoint_of(merchant).token}"
    by_hand = paypal.add_webhook(client_id_of(merchant), secret_of(merchant), url, "BILLING.SUBSCRIPTION.CANCELLED")
    assert attempt_to_register(merchant).webhook_id == by_hand
    (webhook,) = _at_paypal(merchant)
    assert {one["name"] for one in webhook["event_types"]} == set(EVENT_TYPES)


@pytest.mark.parametrize("kind", ["timeout_applied", "500_applied", "503", "reset_after", "truncated"])
def test_whatever_goes_wrong_there_is_one_in_the_end(merchant: Merchant, kind: str) -> None:
    asks_to_register(merchant)
    for _ in range(3):
        paypal.fails_for_keys(client_id_of(merchant), "webhooks", kind, seconds=0)
    for _ in range(5):
        endpoint = endpoint_of(merchant)
        with at(endpoint.next_attempt_at or endpoint.registered_at):  # type: ignore[arg-type]
            attempt_to_register(merchant)
    assert endpoint_of(merchant).state == EndpointState.REGISTERED
    assert len(_at_paypal(merchant)) == 1


def test_keys_that_may_not_say_so(merchant: Merchant) -> None:
    paypal.knows_keys(
        client_id_of(merchant), secret_of(merchant), scopes=["https://uri.paypal.com/services/subscriptions"]
    )
    asks_to_register(merchant)
    endpoint = attempt_to_register(merchant)
    assert (endpoint.state, endpoint.problem) == (EndpointState.FAILED, "permission")
    page = signed_in(a_member(merchant)).open(PAGE)
    assert "ne permet pas d’enregistrer l’adresse" in page.by_id("notifications").text


# --- the sweep


def test_keys_from_before_there_were_notifications_are_registered_too(merchant: Merchant) -> None:
    sweep_registrations()
    assert attempt_to_register(merchant).state == EndpointState.REGISTERED
    registered_at = endpoint_of(merchant).registered_at
    sweep_registrations()
    assert endpoint_of(merchant).state == EndpointState.REGISTERED
    assert endpoint_of(merchant).registered_at == registered_at


@pytest.mark.parametrize("change", [{"account_version": 7}, {"registered_url": "http://before.test/webhooks"}])
def test_what_has_changed_since_is_registered_anew(merchant: Merchant, change: dict[str, object]) -> None:
    _registered(merchant)
    rewrite(endpoint_of(merchant), **change)
    sweep_registrations()
    assert endpoint_of(merchant).state == EndpointState.WAITING
    assert attempt_to_register(merchant).state == EndpointState.REGISTERED


def test_without_https_paypal_is_not_even_asked(app: Flask) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], paypal_url=None)
    merchant = a_merchant()
    for ask in (lambda: asks_to_register(merchant), sweep_registrations):
        ask()
        endpoint = endpoint_of(merchant)
        assert (endpoint.state, endpoint.problem) == (EndpointState.FAILED, "https_only")
    assert jobs_of(endpoint) == []
    assert "PayPal n’envoie de notifications qu’à une adresse https." in _block(signed_in(a_member(merchant)))
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], base_url="https://kooneo.test")
    sweep_registrations()
    assert endpoint_of(merchant).state == EndpointState.WAITING


# --- the settings page


@pytest.fixture
def office(merchant: Merchant) -> Browser:
    return signed_in(a_member(merchant))


def _block(office: Browser) -> str:
    return office.open(PAGE).by_id("notifications").text


def test_the_block_says_how_it_stands(office: Browser, merchant: Merchant) -> None:
    assert "est en cours" in _block(office)
    _registered(merchant)
    text = _block(office)
    address = office.page.by_id("notifications-address")["value"]
    assert address == f"http://localhost/webhooks/paypal/{endpoint_of(merchant).token}"
    assert "enregistrée le" in text
    assert "Aucune notification n’est encore arrivée." in text


def test_the_block_tells_the_last_one_that_came(office: Browser, merchant: Merchant) -> None:
    an_endpoint(merchant)
    with later(days=-3):
        saved(WebhookEvent(merchant_id=merchant.id, event_id="WH-1", event_type="BILLING.SUBSCRIPTION.UPDATED"))
    text = _block(office)
    assert "reçue le" in text
    assert "Aucune notification" not in text


def test_the_button_has_it_registered_anew(office: Browser, merchant: Merchant) -> None:
    endpoint = an_endpoint(merchant)
    office.open(PAGE)
    response = office.post(_BUTTON)
    assert (response.status_code, response.location) == (303, f"{PAGE}#notifications")
    assert fresh(endpoint).state == EndpointState.WAITING
    assert "Rechargez cette page dans un instant." in office.open(PAGE).text


def test_the_block_is_there_with_keys_only_and_for_the_owner() -> None:
    without = a_merchant(keys=False)
    assert signed_in(a_member(without)).open(PAGE).find_all("section", id="notifications") == []
    member = signed_in(a_member(a_merchant(), role=Role.MEMBER))
    assert member.post(_BUTTON).status_code == 403
