"""Mes abonnements: what is paid, what is open, what is under way, and what may be done."""

from datetime import date

import pytest
from flask import Flask
from support.acting import NORA, ask, attempt, later, rewrite
from support.builders import (
    a_customer,
    a_merchant,
    a_payment,
    a_product,
    a_subscription,
    a_termination_request,
    an_offer,
    customer_of,
    merchant_of,
)
from support.running import in_app

from kooneo.customers.models import Customer
from kooneo.legal.models import LegalRequest, RequestKind
from kooneo.portal.self_service import commitment_ends_on
from kooneo.subscriptions.lifecycle import Gateway
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services.manual import add_manual

from .door import Visitor, at_home, contract

pytestmark = pytest.mark.usefixtures("app")

END, WITHDRAW = "Résilier votre contrat", "Renoncer au contrat ici"


@pytest.fixture
def customer(app: Flask) -> Customer:
    assert app
    return a_customer()


def offered(visitor: Visitor, subscription: Subscription) -> list[str]:
    return [link.text for link in contract(visitor, subscription).find_all("a", cls="button")]


def test_a_contract_in_force_says_what_comes_next_and_opens_its_contents(customer: Customer) -> None:
    subscription = a_subscription(customer, commitment_cycles=12)
    visitor = at_home(customer)
    section = contract(visitor, subscription)
    assert "49,00" in section.text
    assert "par PayPal" in section.text
    assert "2 mensualités sur 12" in section.text
    assert "puis sans engagement" in section.text
    assert subscription.paypal_id in section.text
    opened = section.find_all("a", cls="access-name")
    assert [link.text for link in opened] == ["Premiers pas", "Les couleurs"]
    for link in opened:
        visitor.open(link["href"])
    assert offered(visitor, subscription) == [END]


def test_a_commitment_from_the_first_of_july_ends_on_a_first_of_january() -> None:
    merchant = a_merchant()
    customer, offer = a_customer(merchant), an_offer(a_product(merchant), commitment_cycles=6)
    added = in_app(add_manual)(customer, offer, started_on=date(2026, 7, 1), by=NORA, key="form")
    assert commitment_ends_on(added, merchant.time_zone) == date(2027, 1, 1)
    assert "1er janvier 2027" in contract(at_home(customer), added).text


@pytest.mark.parametrize("status", ["pending", "active", "past_due", "suspended"])
def test_whatever_is_in_force_may_be_ended(customer: Customer, status: str) -> None:
    subscription = a_subscription(customer, status=status)
    visitor = at_home(customer)
    assert offered(visitor, subscription) == [END]
    assert contract(visitor, subscription).find(cls="contract-situation").text


@pytest.mark.parametrize("status", ["completed", "cancelled", "abandoned"])
def test_what_has_ended_offers_at_most_to_take_it_up_again(customer: Customer, status: str) -> None:
    subscription = a_subscription(customer, status=status)
    visitor = at_home(customer)
    assert offered(visitor, subscription) == (["Reprendre mon abonnement"] if status == "cancelled" else [])
    text = contract(visitor, subscription).text
    assert "Plus rien n’est prélevé." in text
    assert status == "cancelled" or "repr" not in text.lower()


def test_an_end_that_paypal_did_not_confirm_is_not_called_certain(customer: Customer) -> None:
    subscription = a_subscription(customer, status="cancelled")
    rewrite(subscription, unconfirmed=True)
    text = contract(at_home(customer), subscription).text
    assert "Plus rien n’est prélevé" not in text
    assert "vérifiez dans votre compte PayPal" in text


def test_what_is_paid_otherwise_says_so(customer: Customer) -> None:
    subscription = a_subscription(customer, gateway=Gateway.MANUAL)
    text = contract(at_home(customer), subscription).text
    assert "Prochain paiement" in text
    assert "PayPal" not in text


def test_what_the_merchant_has_asked_for_is_told_while_it_is_open(customer: Customer) -> None:
    subscription = a_subscription(customer)
    change = ask(subscription, "pause")
    visitor = at_home(customer)
    section = contract(visitor, subscription)
    assert "Une pause a été demandée" in section.find(cls="contract-note").text
    assert section["data-change"] == "open"
    assert offered(visitor, subscription) == [END], "a wish to end is always taken"
    attempt(change)
    assert "En pause" in contract(visitor, subscription).text


def test_what_the_customer_has_declared_is_told_and_can_be_read_again(customer: Customer) -> None:
    subscription = a_subscription(customer)
    request: LegalRequest = a_termination_request(subscription)
    visitor = at_home(customer)
    note = contract(visitor, subscription).find(cls="contract-note").text
    assert "Vous avez demandé la résiliation le" in note
    assert "avant le prochain prélèvement" in note
    assert offered(visitor, subscription) == ["Lire votre demande"]
    assert request.reference in visitor.open(visitor.at(f"requests/{request.id}")).text


def test_withdrawing_is_offered_while_the_period_lasts_and_says_until_when() -> None:
    subscription = a_subscription(days=3)
    a_payment(subscription)
    visitor = at_home(customer_of(subscription))
    assert offered(visitor, subscription) == [WITHDRAW, END]
    text = contract(visitor, subscription).text
    assert "inclus" in text
    assert any(day in text for day in ("lundi", "mardi", "mercredi", "jeudi", "vendredi"))
    assert "49,00 € vous sont remboursés" in text.replace("\u00a0", " ")
    with later(days=20):
        again = at_home(customer_of(subscription))
        assert offered(again, subscription) == [END]


def test_a_withdrawal_that_came_too_late_does_not_keep_anybody_from_ending(customer: Customer) -> None:
    subscription = a_subscription(customer)
    a_termination_request(subscription, kind=RequestKind.WITHDRAWAL)
    visitor = at_home(customer)
    assert END in offered(visitor, subscription)
    [note] = contract(visitor, subscription).find_all(cls="contract-note")
    assert "Il reste à vérifier que vous pouviez encore y renoncer" in note.text


def test_what_a_stranger_typed_is_not_told(customer: Customer) -> None:
    subscription = a_subscription(customer)
    rewrite(a_termination_request(subscription), verified_at=None)
    visitor = at_home(customer)
    assert offered(visitor, subscription) == [END]
    assert contract(visitor, subscription).find_all(cls="contract-note") == []


def test_a_customer_of_two_merchants_sees_one_of_them_at_a_time() -> None:
    here = a_subscription()
    email = customer_of(here).email
    there = a_subscription(a_customer(a_merchant(), email=email))
    visitor = at_home(customer_of(here))
    page = visitor.get(visitor.at("subscriptions")).text
    assert str(here.id) in page
    assert str(there.id) not in page
    assert merchant_of(there).name not in page
