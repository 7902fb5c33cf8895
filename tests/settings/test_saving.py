"""Keeping, replacing and deleting PayPal keys: only with the password, and only what PayPal takes."""

import pytest
from flask import Flask
from support import paypal
from support.acting import ask, attempt, jobs_of, journal_findings, later
from support.browser import Browser, signed_in
from support.builders import (
    PASSWORD,
    a_member,
    a_merchant,
    a_subscription,
    client_id_of,
    merchant_of,
    secret_of,
)
from support.keys import PAGE, WITHOUT_SUBSCRIPTIONS, account_of, an_app, findings, journal_of_keys, saves
from support.running import fresh

from kooneo.accounts.models import Merchant, Role
from kooneo.accounts.services import ATTEMPTS_PER_ACCOUNT
from kooneo.settings.models import PayPalAccount
from kooneo.subscriptions.models import ChangeState

pytestmark = pytest.mark.usefixtures("app")

DELETION = f"{PAGE}/deletion"


@pytest.fixture
def newcomer(app: Flask) -> Merchant:
    assert app
    return a_merchant(keys=False)


@pytest.fixture
def office(newcomer: Merchant) -> Browser:
    return signed_in(a_member(newcomer))


def _office_of(merchant: Merchant) -> Browser:
    browser = signed_in(a_member(merchant))
    browser.open(PAGE)
    return browser


def _kept(merchant: Merchant) -> PayPalAccount:
    account = account_of(merchant)
    assert account is not None
    return account


def test_right_keys_are_kept(office: Browser, newcomer: Merchant) -> None:
    keys = an_app("live")
    response = saves(office, keys)
    assert (response.status_code, response.location) == (303, PAGE)
    account = _kept(newcomer)
    assert (account.client_id, account.environment, account.version) == (keys["client_id"], "live", 1)
    assert (account.updated_by, account.test_result) == ("Nora Petit", "right")
    told = {"actor_name": "Nora Petit", "environment": "live", "client_ending": keys["client_id"][-4:]}
    told |= {"secret_ending": keys["client_secret"][-4:]}
    assert journal_of_keys(newcomer)[-1] == ("paypal_keys.saved", told)
    assert journal_findings(newcomer.id) == []
    page = office.open(PAGE)
    assert "Les clés PayPal sont enregistrées." in page.text
    assert "par Nora Petit" in page.find("dl", cls="facts").text
    assert "Production" in page.find("dl", cls="facts").text
    assert keys["client_secret"] not in office.get(PAGE).text


@pytest.mark.parametrize("wrong", ["pair", "environment", "permission"])
def test_keys_that_paypal_refuses_are_not_kept(office: Browser, newcomer: Merchant, wrong: str) -> None:
    keys = an_app(scopes=WITHOUT_SUBSCRIPTIONS) if wrong == "permission" else an_app()
    keys |= {"pair": {"client_secret": "another"}, "environment": {"environment": "production"}}.get(wrong, {})
    assert saves(office, keys).status_code == 422
    assert "failed" in findings(office.page)
    assert "Elles n’ont pas été enregistrées." in office.page.text
    assert account_of(newcomer) is None
    assert [event for event, _ in journal_of_keys(newcomer)] == ["paypal_keys.tested"]


@pytest.mark.parametrize("kind", ["503", "429", "reset_before"])
def test_while_paypal_is_out_of_reach_nothing_is_kept(office: Browser, newcomer: Merchant, kind: str) -> None:
    keys = an_app()
    paypal.fails_for_keys(keys["client_id"], "token", kind)
    assert saves(office, keys).status_code == 422
    assert "Cela ne dit rien de vos clés" in office.page.text
    assert account_of(newcomer) is None
    assert saves(office, keys).status_code == 303


def test_refused_keys_leave_those_that_were_there(app: Flask) -> None:
    assert app
    merchant = a_merchant()
    before = _kept(merchant)
    saves(_office_of(merchant), an_app() | {"client_secret": "wrong"})
    after = _kept(merchant)
    assert (after.encrypted_secret, after.updated_at) == (before.encrypted_secret, before.updated_at)


@pytest.mark.parametrize(
    ("password", "said"), [("", "Tapez votre mot de passe"), ("wrong", "Ce n’est pas votre mot de passe")]
)
def test_the_password_is_typed_again(office: Browser, newcomer: Merchant, password: str, said: str) -> None:
    keys = an_app()
    assert saves(office, keys, password=password).status_code == 422
    assert said in office.page.text
    assert office.page.by_id("client_id")["value"] == keys["client_id"]
    assert office.page.find("input", name="environment", checked=None)["value"] == "sandbox"
    assert account_of(newcomer) is None
    assert [event for event, _ in journal_of_keys(newcomer)] == []


def test_passwords_are_guessed_no_more_often_than_at_the_sign_in(office: Browser, newcomer: Merchant) -> None:
    keys = an_app()
    for _ in range(ATTEMPTS_PER_ACCOUNT):
        saves(office, keys, password="a guess")
    assert saves(office, keys).status_code == 422
    assert "Trop d’essais." in office.page.text
    assert account_of(newcomer) is None
    with later(minutes=16):
        assert saves(office, keys).status_code == 303


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_only_the_owner_changes_keys(newcomer: Merchant, role: Role) -> None:
    browser = signed_in(a_member(newcomer, role=role))
    assert browser.get(PAGE).status_code == 403
    assert saves(browser, an_app()).status_code == 403
    assert browser.open("/customers").find_all("a", href=PAGE) == []


# --- replacing, while changes of status are under way


def test_a_new_secret_of_the_same_app_goes_on_with_what_is_under_way(app: Flask) -> None:
    assert app
    subscription = a_subscription()
    merchant = merchant_of(subscription)
    change = ask(subscription, "cancel")
    keys = {"client_id": client_id_of(merchant), "client_secret": "the-new-secret", "environment": "sandbox"}
    paypal.knows_keys(keys["client_id"], keys["client_secret"])
    assert saves(_office_of(merchant), keys).status_code == 303
    assert (_kept(merchant).version, _kept(merchant).secret_ending) == (1, "cret")
    assert [event for event, _ in journal_of_keys(merchant)][-1] == "paypal_keys.replaced"
    assert len(jobs_of(change)) == 2, "it is taken up at once with the new secret"
    assert attempt(change).state == ChangeState.DONE


@pytest.mark.parametrize("environment", ["sandbox", "live"])
def test_keys_of_another_app_wait_until_nothing_is_under_way(app: Flask, environment: str) -> None:
    assert app
    subscription = a_subscription()
    merchant = merchant_of(subscription)
    change = ask(subscription, "cancel")
    before, keys = _kept(merchant), an_app(environment)
    office = _office_of(merchant)
    assert saves(office, keys).status_code == 409
    assert "1 demande attend encore PayPal avec les clés actuelles." in office.page.text
    assert office.page.find_all("a", href=f"/customers/{subscription.customer_id}/subscriptions")
    assert _kept(merchant).client_id == before.client_id
    assert attempt(change).state == ChangeState.DONE
    assert saves(office, keys).status_code == 303
    assert _kept(merchant).version == before.version + 1


def test_replacing_all_the_same_stops_what_is_under_way_and_sends_it_nowhere(app: Flask) -> None:
    assert app
    merchant = a_merchant()
    untold, told, known = (a_subscription(merchant=merchant) for _ in range(3))
    paypal.fails(told.paypal_id, "cancel", "500")
    unsure, waiting = attempt(ask(told, "cancel")), ask(untold, "cancel")
    office = _office_of(merchant)
    assert saves(office, an_app(), replace_anyway="1").status_code == 303
    assert "un autre compte PayPal" in office.open(PAGE).text
    unsure, waiting = attempt(unsure), attempt(waiting)
    assert (waiting.state, waiting.problem) == (ChangeState.REFUSED, "keys_changed")
    assert (unsure.state, unsure.problem) == (ChangeState.NEEDS_ATTENTION, "keys_changed")
    assert paypal.calls(untold.paypal_id) == []
    assert {call["client_id"] for call in paypal.calls(told.paypal_id)} == {client_id_of(merchant)}
    assert paypal.cancellations(told.paypal_id) == 1
    assert [call["status"] for call in paypal.calls(known.paypal_id)] == [404]
    card = office.open(f"/customers/{untold.customer_id}/subscriptions").text
    assert "les clés PayPal ont été remplacées ou supprimées depuis la demande" in card


def test_going_back_to_the_first_app_does_not_bring_old_wishes_back(app: Flask) -> None:
    assert app
    subscription = a_subscription()
    merchant = merchant_of(subscription)
    change = ask(subscription, "cancel")
    office = _office_of(merchant)
    saves(office, an_app(), replace_anyway="1")
    own = {"client_id": client_id_of(merchant), "client_secret": secret_of(merchant), "environment": "sandbox"}
    assert saves(office, own, replace_anyway="1").status_code == 303
    assert attempt(change).problem == "keys_changed"
    assert paypal.calls(subscription.paypal_id, "cancel") == []


# --- deleting


def test_deleting_says_what_stops_and_wants_the_password(app: Flask) -> None:
    assert app
    merchant = a_merchant()
    a_subscription(merchant=merchant)
    ask(a_subscription(merchant=merchant), "cancel")
    office = _office_of(merchant)
    page = office.open(DELETION)
    assert "vérifier 2 abonnements payés par PayPal" in page.text
    assert "1 demande en cours s’arrête" in page.text
    for password in ("", "wrong"):
        assert office.post(DELETION, {"password": password}).status_code == 422
    assert _kept(merchant).encrypted_secret


def test_of_deleted_keys_no_secret_remains(app: Flask) -> None:
    assert app
    subscription = a_subscription()
    merchant = merchant_of(subscription)
    change = ask(subscription, "cancel")
    office = _office_of(merchant)
    office.open(DELETION)
    assert office.post(DELETION, {"password": PASSWORD}).status_code == 303
    account = _kept(merchant)
    assert (account.encrypted_secret, account.secret_ending, account.tested_at) == (None, "", None)
    assert journal_of_keys(merchant)[-1][0] == "paypal_keys.deleted"
    assert "Configurer les clés API PayPal" in office.open(PAGE).text
    assert office.get(DELETION).status_code == 302
    assert office.post(DELETION, {"password": PASSWORD}).status_code == 303, "twice is once"
    assert attempt(change).problem == "keys_changed"
    assert paypal.calls(subscription.paypal_id) == []


@pytest.mark.parametrize(("same_app", "version"), [(True, 1), (False, 2)])
def test_keys_added_after_a_deletion(app: Flask, same_app: bool, version: int) -> None:
    """Another app's must never count as those that a change was asked for with."""
    assert app
    merchant = a_merchant()
    office = _office_of(merchant)
    office.post(DELETION, {"password": PASSWORD})
    own = {"client_id": client_id_of(merchant), "client_secret": secret_of(merchant), "environment": "sandbox"}
    assert saves(office, own if same_app else an_app()).status_code == 303
    assert fresh(_kept(merchant)).version == version
    assert journal_of_keys(merchant)[-1][0] == "paypal_keys.saved"
