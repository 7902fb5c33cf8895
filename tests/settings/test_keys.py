"""A merchant's PayPal keys: encrypted, bound to the merchant, in versions."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text
from support import paypal
from support.acting import ask, attempt, rewrite, try_until_settled
from support.browser import signed_in
from support.builders import a_member, a_merchant, a_subscription, has_keys, merchant_of
from support.running import fresh, in_app, running_app

from kooneo.accounts.models import Merchant
from kooneo.extensions import db
from kooneo.settings.models import PayPalAccount
from kooneo.settings.services import gateway_for, paypal_account
from kooneo.subscriptions.models import ChangeState

pytestmark = pytest.mark.usefixtures("app")

CANARY = "canary-secret-of-paypal-9876"


@in_app
def _account(merchant: Merchant) -> PayPalAccount:
    account = paypal_account(merchant.id)
    assert account is not None
    return account


def test_the_secret_stands_nowhere_in_the_database() -> None:
    merchant = a_merchant()
    account = has_keys(merchant, "client-canary", CANARY)
    assert account.secret_ending == "9876"
    assert CANARY not in _everything()


@in_app
def _everything() -> str:
    tables = db.metadata.tables
    return "\n".join(str(row) for name in tables for row in db.session.execute(text(f"SELECT * FROM {name}")))


def test_a_secret_moved_to_another_merchant_does_not_open() -> None:
    one, other = a_merchant(), a_merchant()
    rewrite(_account(other), encrypted_secret=_account(one).encrypted_secret)
    assert in_app(gateway_for)(_account(other)) is None


def test_a_secret_that_can_not_be_opened_sends_nothing_and_waits(app: Flask) -> None:
    """Our own set-up is wrong, which says nothing about the wish."""
    subscription = a_subscription()
    change = ask(subscription, "cancel")
    with running_app(replace(app.config["SETTINGS"], encryption_keys=(b"x" * 32,))):
        change = attempt(change)
    assert (change.state, change.problem) == (ChangeState.UNKNOWN, "keys_unreadable")
    assert fresh(subscription).status == "active"
    assert paypal.calls(subscription.paypal_id) == []
    assert try_until_settled(change).state == ChangeState.DONE


def test_a_replacement_is_a_new_version_in_the_same_row() -> None:
    merchant = a_merchant()
    first = _account(merchant)
    second = has_keys(merchant, "client-new", "secret-new")
    assert (second.id, second.version) == (first.id, first.version + 1)


def test_the_secret_is_on_no_page() -> None:
    subscription = a_subscription()
    has_keys(merchant_of(subscription), "client-canary", CANARY)
    browser = signed_in(a_member(merchant_of(subscription)))
    for path in ("/customers", f"/customers/{subscription.customer_id}/subscriptions", "/products"):
        assert CANARY not in browser.get(path).text
