"""Renoncer au contrat ici: while the period lasts, with an acknowledgement, access closed and the money to be given back."""

import uuid

import pytest
from flask import Flask
from support.acting import attempt, changes_of, later
from support.browser import key_in
from support.builders import a_payment, a_subscription, customer_of, lets_customers_cancel, merchant_of, saved
from support.mail import outbox
from support.running import fresh

from kooneo.legal.models import Consent
from kooneo.mail.models import MailKind
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription

from .door import Visitor, at_home, contract

pytestmark = pytest.mark.usefixtures("app")


def page_of(visitor: Visitor, subscription: Subscription) -> str:
    return visitor.at(f"subscriptions/{subscription.id}/withdrawal")


@pytest.fixture
def subscription(app: Flask) -> Subscription:
    assert app
    found = a_subscription(days=3, after_cancellation="unlocked")
    a_payment(found)
    lets_customers_cancel(merchant_of(found))
    return found


def test_it_closes_stops_acknowledges_and_is_to_be_refunded(subscription: Subscription) -> None:
    visitor = at_home(customer_of(subscription))
    page = visitor.open(page_of(visitor, subscription))
    text = page.find("main").text.replace("\u00a0", " ")
    assert "49,00 € vous sont remboursés, au plus tard 14 jours" in text
    assert "Premiers pas se ferme tout de suite" in text
    assert [button.text for button in page.find("main").find_all("button")] == ["Confirmer la rétractation"]
    answer = visitor.post(page_of(visitor, subscription), {"change_key": key_in(page)})
    assert answer.status_code == 303
    assert fresh(subscription).withdrawn_at is not None
    assert {line["data-access"] for line in contract(visitor, subscription).find_all("li", data_access=None)} <= {
        "closed"
    }
    proof = visitor.open(answer.location).text.replace("\u00a0", " ")
    assert "Votre rétractation est enregistrée" in proof
    assert "49,00 € vous sont remboursés par" in proof
    [message] = [one for one in outbox(subscription) if one.kind == MailKind.WITHDRAWAL_RECEIVED]
    acknowledged = (message.text or "").replace("\u00a0", " ")
    for told in (subscription.paypal_id or "", "Alice Martin", customer_of(subscription).email, " à "):
        assert told in acknowledged
    attempt(changes_of(subscription)[0])
    assert fresh(subscription).status == SubscriptionStatus.CANCELLED
    assert "a pris fin le" in visitor.open(answer.location).text
    assert visitor.get(page_of(visitor, subscription)).status_code == 409
    assert "Vous avez déjà renoncé" in visitor.page.text


def test_with_the_merchants_option_off_the_right_is_the_same(subscription: Subscription) -> None:
    lets_customers_cancel(merchant_of(subscription), self_cancellation=False)
    visitor = at_home(customer_of(subscription))
    key = key_in(visitor.open(page_of(visitor, subscription)))
    assert visitor.post(page_of(visitor, subscription), {"change_key": key}).status_code == 303
    assert len(changes_of(subscription)) == 1


@pytest.mark.parametrize("why", ["too late", "given up for access at once"])
def test_without_the_right_nothing_is_taken(subscription: Subscription, why: str) -> None:
    if why != "too late":
        saved(Consent(merchant_id=subscription.merchant_id, subscription_id=subscription.id, text="J'accepte."))
    with later(days=20 if why == "too late" else 0):
        visitor = at_home(customer_of(subscription))
        path = page_of(visitor, subscription)
        assert visitor.get(path).status_code == 409
        assert visitor.post(path, {"change_key": str(uuid.uuid4())}).status_code == 409
    assert fresh(subscription).withdrawn_at is None


def test_anothers_contract_is_not_there(subscription: Subscription) -> None:
    visitor = at_home(customer_of(a_subscription(merchant=merchant_of(subscription))))
    path = page_of(visitor, subscription)
    assert visitor.get(path).status_code == 404
    assert visitor.post(path, {"change_key": str(uuid.uuid4())}).status_code == 404
    assert fresh(subscription).withdrawn_at is None
