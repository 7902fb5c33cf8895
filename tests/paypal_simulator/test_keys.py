"""Who may ask PayPal, and for what."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from kooneo.paypal_simulator import accounts
from kooneo.paypal_simulator.accounts import TOKEN_LIFETIME
from kooneo.paypal_simulator.store import SUBSCRIPTIONS_SCOPE, Store

from .callers import Control, Merchant, a_subscription


def test_good_keys_buy_a_token(paypal_url: str) -> None:
    response = Merchant(paypal_url).ask_for_token()
    assert response.status_code == 200
    assert response.json().keys() == {"scope", "access_token", "token_type", "app_id", "expires_in", "nonce"}
    assert SUBSCRIPTIONS_SCOPE in response.json()["scope"].split()


def test_a_wrong_secret_buys_nothing(paypal_url: str) -> None:
    response = Merchant(paypal_url, secret="guess").ask_for_token()
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_client"
    assert response.json()["error_description"]


def test_another_grant_buys_nothing(paypal_url: str) -> None:
    response = Merchant(paypal_url).ask_for_token(grant_type="password")
    assert response.status_code == 400
    assert response.json()["error"] == "unsupported_grant_type"


def test_keys_alone_open_nothing_but_the_token(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription())
    response = merchant.call(
        "GET",
        "/v1/billing/subscriptions/I-ALICE",
        headers={"Authorization": "Basic ZGVtby1jbGllbnQtYXRlbGllcjpkZW1vLXNlY3JldC1hdGVsaWVy"},
    )
    assert response.status_code == 401


def test_a_merchant_never_sees_the_subscriptions_of_another(
    paypal_url: str, merchant: Merchant, control: Control
) -> None:
    voisin = Merchant(paypal_url, "demo-client-voisin", "demo-secret-voisin").signed_in()
    control.has(a_subscription("I-ATELIER"), a_subscription("I-VOISIN", client_id="demo-client-voisin"))
    assert voisin.get("I-VOISIN").status_code == 200
    assert voisin.get("I-ATELIER").status_code == 404
    assert voisin.cancel("I-ATELIER").status_code == 404
    assert merchant.status("I-ATELIER") == "ACTIVE"
    assert [one["id"] for one in voisin.list().json()["subscriptions"]] == ["I-VOISIN"]


def test_keys_can_be_added_and_their_secret_replaced(paypal_url: str, control: Control) -> None:
    keys = {"client_id": "new-merchant", "client_secret": "first", "environment": "live"}
    assert control.send("POST", "accounts", json=keys).status_code == 201
    assert Merchant(paypal_url, "new-merchant", "first").ask_for_token().status_code == 200
    control.send("POST", "accounts", json=keys | {"client_secret": "second"})
    assert Merchant(paypal_url, "new-merchant", "first").ask_for_token().status_code == 401
    assert Merchant(paypal_url, "new-merchant", "second").ask_for_token().status_code == 200


@pytest.mark.parametrize(
    ("environment", "home", "elsewhere"),
    [
        ("sandbox", "api-m.sandbox.paypal.com", "api-m.paypal.com"),
        ("live", "api-m.paypal.com", "api-m.sandbox.paypal.com"),
    ],
)
def test_keys_are_unknown_in_the_other_environment(
    paypal_url: str, control: Control, environment: str, home: str, elsewhere: str
) -> None:
    """PayPal's two environments are two addresses; a caller says which of them the simulator stands in for."""
    control.send(
        "POST", "accounts", json={"client_id": "one", "client_secret": "s", "environment": environment}
    ).raise_for_status()
    control.has(a_subscription("I-ONE", client_id="one"))
    merchant = Merchant(paypal_url, "one", "s").signed_in()
    at_home, astray = {"Forwarded": f"host={home}"}, {"Forwarded": f"host={elsewhere}"}
    keys = {"auth": ("one", "s"), "data": {"grant_type": "client_credentials"}}
    assert requests.post(f"{paypal_url}/v1/oauth2/token", headers=at_home, timeout=10, **keys).status_code == 200
    refused = requests.post(f"{paypal_url}/v1/oauth2/token", headers=astray, timeout=10, **keys)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    path = "/v1/billing/subscriptions/I-ONE"
    assert merchant.call("GET", path, headers=at_home).status_code == 200
    assert merchant.call("GET", path, headers=astray).status_code == 401


def test_accounts_that_make_no_sense_are_refused(control: Control) -> None:
    good = {"client_id": "new-merchant", "client_secret": "secret"}
    for wrong in ({"client_id": ""}, {"client_secret": None}, {"scopes": "openid"}, {"environment": "moon"}):
        assert control.send("POST", "accounts", json=good | wrong).status_code == 400


def test_a_token_is_good_for_its_lifetime_and_no_longer(database_path: Path) -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    with closing(Store(database_path)) as store, store.transaction() as db:
        account = accounts.with_keys(db, "demo-client-atelier", "demo-secret-atelier")
        assert account
        token = accounts.new_token(db, account, noon)
        assert accounts.with_token(db, token, noon + TOKEN_LIFETIME - timedelta(seconds=1)) == account
        assert accounts.with_token(db, token, noon + TOKEN_LIFETIME) is None


def test_advancing_the_clock_signs_nobody_out(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription())
    control.days_pass(31)
    assert merchant.get("I-ALICE").status_code == 200


def test_a_revoked_token_is_refused(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription())
    control.send("DELETE", "tokens")
    assert merchant.get("I-ALICE").json()["name"] == "AUTHENTICATION_FAILURE"
    assert merchant.signed_in().get("I-ALICE").status_code == 200
