""" "Tester les clés": says what works and what is missing, and keeps nothing."""

import pytest
from flask import Flask
from support import paypal
from support.browser import Browser, signed_in
from support.builders import a_member, a_merchant, a_subscription, client_id_of, secret_of
from support.keys import PAGE, WITHOUT_SUBSCRIPTIONS, account_of, an_app, findings, journal_of_keys, tries
from support.running import fresh

from kooneo.accounts.models import Merchant
from kooneo.paypal.gateway import TRIAL_TIMEOUT
from kooneo.thread_budget import _places

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def newcomer(app: Flask) -> Merchant:
    assert app
    return a_merchant(keys=False)


@pytest.fixture
def office(newcomer: Merchant) -> Browser:
    return signed_in(a_member(newcomer))


@pytest.mark.parametrize("environment", ["sandbox", "live"])
def test_right_keys(office: Browser, newcomer: Merchant, environment: str) -> None:
    keys = an_app(environment)
    assert tries(office, keys).status_code == 200
    assert findings(office.page) == ["passed", "passed", "passed"]
    assert "Ces clés fonctionnent." in office.page.text
    assert "Rien n’a été enregistré" in office.page.text
    assert account_of(newcomer) is None


def test_a_wrong_pair(office: Browser, newcomer: Merchant) -> None:
    keys = an_app() | {"client_secret": "not-its-secret"}
    assert tries(office, keys).status_code == 200
    assert findings(office.page) == ["failed", "not-tried", "not-tried"]
    assert "PayPal ne les reconnaît pas dans l’environnement Test" in office.page.text
    assert office.page.by_id("client_id")["value"] == keys["client_id"]
    assert account_of(newcomer) is None


@pytest.mark.parametrize(
    ("environment", "chosen", "said"),
    [
        ("sandbox", "production", "Ce sont des clés de Test (Sandbox)"),
        ("live", "sandbox", "Ce sont des clés de Production (Live)"),
    ],
)
def test_keys_of_the_other_environment(office: Browser, environment: str, chosen: str, said: str) -> None:
    tries(office, an_app(environment) | {"environment": chosen})
    assert findings(office.page) == ["failed", "not-tried", "not-tried"]
    assert said in office.page.text


def test_an_app_without_the_permission(office: Browser) -> None:
    tries(office, an_app(scopes=WITHOUT_SUBSCRIPTIONS))
    assert findings(office.page) == ["passed", "failed", "not-tried"]
    assert "la permission «\u00a0Subscriptions\u00a0»" in office.page.text


def test_an_app_that_may_not_read_after_all(office: Browser) -> None:
    keys = an_app()
    paypal.fails_for_keys(keys["client_id"], "get", "403")
    tries(office, keys)
    assert findings(office.page) == ["passed", "passed", "failed"]


@pytest.mark.parametrize("on", ["token", "get"])
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("500", "PayPal n’a pas répondu."),
        ("503", "PayPal n’a pas répondu."),
        ("reset_before", "PayPal n’a pas répondu."),
        ("429", "PayPal limite en ce moment"),
        ("html", "La réponse de PayPal était illisible."),
    ],
)
def test_paypal_out_of_reach_says_nothing_of_the_keys(office: Browser, on: str, kind: str, said: str) -> None:
    keys = an_app()
    paypal.fails_for_keys(keys["client_id"], on, kind)
    assert tries(office, keys).status_code == 200
    assert "undecided" in findings(office.page)
    assert "failed" not in findings(office.page)
    assert said in office.page.text
    assert "Cela ne dit rien de vos clés" in office.page.text


def test_a_paypal_that_hangs_is_given_up(office: Browser) -> None:
    """Nobody looks at a turning page for longer than a few seconds."""
    keys = an_app()
    paypal.fails_for_keys(keys["client_id"], "token", "timeout", seconds=TRIAL_TIMEOUT + 1)
    tries(office, keys)
    assert findings(office.page) == ["undecided", "not-tried", "not-tried"]


def test_refused_keys_are_wrong_even_when_the_other_environment_does_not_answer(office: Browser) -> None:
    keys = an_app("live") | {"environment": "sandbox"}
    paypal.fails_for_keys(keys["client_id"], "token", "503", times=0)
    tries(office, keys)
    assert findings(office.page)[0] == "failed"


def test_when_too_many_wait_paypal_is_not_asked(office: Browser) -> None:
    keys = an_app()
    office.open(PAGE)
    taken = [_places.acquire(blocking=False) for _ in range(4)]
    try:
        tries(office, keys)
    finally:
        for _ in filter(None, taken):
            _places.release()
    assert findings(office.page)[0] == "undecided"
    assert "la vôtre n’est pas partie" in office.page.text


def test_with_htmx_only_the_report_comes(office: Browser) -> None:
    """What was typed, the secret among it, stays in the person's own page."""
    office.open(PAGE)
    assert tries(office, an_app(), htmx=True).status_code == 200
    assert findings(office.page) == ["passed", "passed", "passed"]
    assert office.page.find_all("form") == []


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ({"client_id": " "}, "Collez le Client ID"),
        ({"client_secret": ""}, "Collez le Secret"),
        ({"client_secret": "deux mots"}, "Ce n’est pas une clé de PayPal"),
        ({"client_id": "a:b"}, "Ce n’est pas une clé de PayPal"),
        ({"client_id": "x" * 121}, "Ce n’est pas une clé de PayPal"),
        ({"environment": "moon"}, "Choisissez Test ou Production."),
    ],
)
def test_what_can_not_be_tried(office: Browser, missing: dict[str, str], said: str, htmx: bool) -> None:
    office.open(PAGE)
    assert tries(office, an_app() | missing, htmx=htmx).status_code == 422
    assert said in office.page.text


def test_spaces_that_came_along_with_the_copy_do_no_harm(office: Browser) -> None:
    tries(office, {name: f" {value}\n" if "client" in name else value for name, value in an_app().items()})
    assert findings(office.page) == ["passed", "passed", "passed"]


def test_the_kept_keys_are_tried_without_typing_the_secret_again() -> None:
    merchant = a_merchant()
    office = signed_in(a_member(merchant))
    kept = {"client_id": client_id_of(merchant), "client_secret": "", "environment": "sandbox"}
    tries(office, kept)
    assert findings(office.page) == ["passed", "passed", "passed"]
    account = account_of(merchant)
    assert account is not None
    assert account.tested_at is not None
    paypal.knows_keys(client_id_of(merchant), "another-secret")
    tries(office, kept)
    assert findings(office.page)[0] == "failed"
    assert fresh(account).test_result == "wrong"
    assert "Ces clés ne conviennent pas." in office.open(PAGE).find("dl", cls="facts").text


@pytest.mark.parametrize("other", [{"client_id": "another-app"}, {"environment": "production"}])
def test_the_kept_secret_is_never_tried_with_anything_else(other: dict[str, str]) -> None:
    merchant = a_merchant()
    office = signed_in(a_member(merchant))
    kept = {"client_id": client_id_of(merchant), "client_secret": "", "environment": "sandbox"}
    assert tries(office, kept | other).status_code == 422
    assert "Collez le Secret" in office.page.text


def test_keys_that_do_not_show_what_was_sold_so_far() -> None:
    merchant = a_merchant()
    a_subscription(merchant=merchant)
    office = signed_in(a_member(merchant))
    tries(office, an_app())
    assert findings(office.page) == ["passed", "passed", "warning"]
    assert "un autre compte PayPal" in office.page.text
    own = {"client_id": client_id_of(merchant), "client_secret": secret_of(merchant), "environment": "sandbox"}
    tries(office, own)
    assert findings(office.page) == ["passed", "passed", "passed"]


def test_the_journal_says_who_tried_which_keys(office: Browser, newcomer: Merchant) -> None:
    keys = an_app()
    tries(office, keys)
    tries(office, keys | {"client_secret": "wrong-secret"})
    told = {"actor_name": "Nora Petit", "environment": "sandbox", "client_ending": keys["client_id"][-4:]}
    assert journal_of_keys(newcomer) == [
        ("paypal_keys.tested", told | {"secret_ending": keys["client_secret"][-4:], "result": "right"}),
        ("paypal_keys.tested", told | {"secret_ending": "cret", "result": "wrong"}),
    ]
