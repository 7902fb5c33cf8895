"""Résilier votre contrat: always taken, dated and proven; carried out alone as far as the merchant allows."""

import uuid

import pytest
from flask import Flask
from support import paypal
from support.acting import ask, attempt, changes_of, later, run_schedule
from support.browser import key_in, signed_in
from support.builders import (
    a_customer,
    a_member,
    a_merchant,
    a_refused_change,
    a_subscription,
    customer_of,
    lets_customers_cancel,
    merchant_of,
)
from support.mail import attempt_to_send, outbox
from support.running import fresh, in_app
from werkzeug.test import TestResponse

from kooneo.extensions import db
from kooneo.legal.models import LegalRequest
from kooneo.legal.services import carry_out
from kooneo.mail.models import MailKind
from kooneo.portal.options import DuringCommitment
from kooneo.subscriptions.lifecycle import Gateway, SubscriptionStatus
from kooneo.subscriptions.models import Subscription

from .door import Visitor, at_home, contract

pytestmark = pytest.mark.usefixtures("app")


def ending_page(visitor: Visitor, subscription: Subscription) -> str:
    return visitor.at(f"subscriptions/{subscription.id}/cancellation")


def ends(visitor: Visitor, subscription: Subscription, *, key: str = "", reason: str = "") -> TestResponse:
    """`key`: of a form that was opened earlier."""
    path = ending_page(visitor, subscription)
    visitor.open(visitor.at("subscriptions") if key else path)
    key = key or key_in(visitor.page)
    return visitor.post(path, {"change_key": key, "reason": reason})


@in_app
def requests_about(subscription: Subscription) -> list[LegalRequest]:
    query = db.select(LegalRequest).filter_by(subscription_id=subscription.id)
    return list(db.session.scalars(query.order_by(LegalRequest.received_at)))


def letters(subscription: Subscription) -> list[tuple[str, str]]:
    """Kind and recipient of what was written about it, codes left out."""
    return [(one.kind, one.recipient) for one in outbox(subscription) if one.kind != MailKind.CODE]


@pytest.fixture
def subscription(app: Flask) -> Subscription:
    assert app
    found = a_subscription(after_cancellation="until_paid")
    lets_customers_cancel(merchant_of(found), message="Un mot avant de partir ?")
    return found


@pytest.fixture
def visitor(subscription: Subscription) -> Visitor:
    return at_home(customer_of(subscription))


def test_the_page_says_what_will_happen_before_it_happens(visitor: Visitor, subscription: Subscription) -> None:
    page = visitor.open(ending_page(visitor, subscription)).find("main")
    text = page.text.replace("\u00a0", " ")
    assert "dès que PayPal a confirmé l’arrêt" in text
    assert "PayPal n’effectuera plus aucun prélèvement" in text
    assert "Premiers pas se ferme le" in text
    assert "Un mot avant de partir ?" in text
    assert [button.text for button in page.find_all("button")] == ["Confirmer la résiliation"]
    assert "Garder mon abonnement" in [link.text for link in page.find_all("a")]
    assert requests_about(subscription) == [], "looking at it changes nothing"


def test_ended_alone_it_is_cancelled_proven_and_told(visitor: Visitor, subscription: Subscription) -> None:
    owner = a_member(merchant_of(subscription))
    answer = ends(visitor, subscription, reason="Je n'utilise pas assez le contenu")
    [request], [change] = requests_about(subscription), changes_of(subscription)
    assert (answer.status_code, answer.location) == (303, visitor.at(f"requests/{request.id}"))
    assert (change.actor_kind, change.actor_id) == ("customer", subscription.customer_id)
    assert change.reason == "Je n’utilise pas assez le contenu"

    page = visitor.open(answer.location)
    assert "data-waiting" in page.by_id("proof").attributes
    assert "PayPal n’a pas encore confirmé" in page.text
    seen = page.by_id("proof")["data-hx-get"]
    assert visitor.get(seen, htmx=True).status_code == 204
    attempt(change)
    assert fresh(subscription).status == SubscriptionStatus.CANCELLED
    assert "Votre contrat a pris fin" in visitor.open(seen, htmx=True).text

    customer = customer_of(subscription)
    assert letters(subscription) == [
        ("termination_received", customer.email),
        ("ended_customer", customer.email),
        ("ended_merchant", owner.email),
    ]
    page = visitor.open(answer.location)
    text = page.text.replace("\u00a0", " ")
    for told in (request.reference, subscription.paypal_id or "", "se ferme le", "a pris fin le", customer.email):
        assert told in text
    assert "part à l’instant" in text
    for message in outbox(subscription):
        attempt_to_send(message)
    assert "Une confirmation a été envoyée à" in visitor.open(answer.location).text

    card = signed_in(owner).open(f"/customers/{customer.id}/subscriptions").by_id(f"subscription-{subscription.id}")
    assert card.find(cls="badge").text == "Annulé"
    assert "Je n’utilise pas assez le contenu" in card.text
    assert contract(visitor, subscription)["data-status"] == "cancelled"


def test_the_messages_say_what_the_law_wants(visitor: Visitor, subscription: Subscription) -> None:
    a_member(merchant_of(subscription))
    ends(visitor, subscription, reason="Trop cher")
    [request], [change] = requests_about(subscription), changes_of(subscription)
    attempt(change)
    texts = {one.kind: (one.text or "").replace("\u00a0", " ") for one in outbox(subscription)}
    acknowledged = texts[MailKind.TERMINATION_RECEIVED]
    for told in (request.reference, subscription.paypal_id or "", "dès que possible", "Trop cher", " à "):
        assert told in acknowledged
    assert "Comme vous l’avez demandé" in texts[MailKind.ENDED_CUSTOMER]
    to_owner = texts[MailKind.ENDED_MERCHANT]
    assert f"/customers/{subscription.customer_id}/subscriptions" in to_owner
    assert "Trop cher" in to_owner


def test_the_same_form_twice_is_one_declaration(visitor: Visitor, subscription: Subscription) -> None:
    key = str(uuid.uuid4())
    first, second = (ends(visitor, subscription, key=key) for _ in range(2))
    assert (first.status_code, second.location) == (303, first.location)
    [change] = changes_of(subscription)
    attempt(change)
    assert ends(visitor, subscription, key=key).location == first.location, "also once it is over"
    assert len(requests_about(subscription)) == 1
    assert letters(subscription).count(("termination_received", customer_of(subscription).email)) == 1
    assert paypal.cancellations(subscription.paypal_id) == 1


def test_a_key_of_another_contract_declares_nothing(visitor: Visitor, subscription: Subscription) -> None:
    other = a_subscription(customer_of(subscription))
    key = str(uuid.uuid4())
    ends(visitor, subscription, key=key)
    assert ends(visitor, other, key=key).status_code == 409
    assert requests_about(other) == []


def test_another_form_leads_to_what_was_asked_already(visitor: Visitor, subscription: Subscription) -> None:
    first = ends(visitor, subscription)
    assert visitor.get(ending_page(visitor, subscription)).location == first.location
    assert ends(visitor, subscription, key=str(uuid.uuid4())).location == first.location
    assert len(requests_about(subscription)) == 1


@pytest.mark.parametrize("wrong", [{"reason": "Autre chose"}, {"reason": "a" * 200}, {"change_key": ""}], ids=str)
def test_what_is_wrong_comes_back_and_changes_nothing(
    visitor: Visitor, subscription: Subscription, wrong: dict[str, str]
) -> None:
    path = ending_page(visitor, subscription)
    good = {"change_key": key_in(visitor.open(path)), "reason": "Trop cher"}
    assert visitor.post(path, good | wrong).status_code == 422
    assert visitor.page.find(role="alert").text
    assert requests_about(subscription) == []
    if "change_key" in wrong:
        assert [option.text for option in visitor.page.find_all("option", selected=None)] == ["Trop cher"]


def test_a_merchant_who_does_not_ask_gets_no_motive(visitor: Visitor, subscription: Subscription) -> None:
    lets_customers_cancel(merchant_of(subscription), ask_motive=False)
    assert visitor.open(ending_page(visitor, subscription)).find_all("select") == []
    assert ends(visitor, subscription).status_code == 303


@pytest.mark.parametrize("hindrance", ["option off", "no keys", "commitment", "instalments"])
def test_what_may_not_be_ended_alone_is_a_dated_request(app: Flask, hindrance: str) -> None:
    assert app
    merchant = a_merchant(keys=hindrance != "no keys")
    terms = {"commitment": {"commitment_cycles": 12}, "instalments": {"total_cycles": 6}}
    subscription = a_subscription(merchant=merchant, **terms.get(hindrance, {}))  # type: ignore[arg-type]
    if hindrance != "option off":
        lets_customers_cancel(merchant, during_commitment=DuringCommitment.AS_REQUEST, instalments=False)
    visitor = at_home(customer_of(subscription))
    page = visitor.open(ending_page(visitor, subscription))
    assert "Votre demande est datée et enregistrée" in page.text, "it says so before"
    answer = ends(visitor, subscription)
    assert answer.status_code == 303
    page = visitor.open(answer.location)
    assert "Votre demande de résiliation est enregistrée" in page.text
    assert "doit la traiter avant le prochain prélèvement" in page.text
    assert "data-waiting" not in page.by_id("proof").attributes
    assert changes_of(subscription) == []
    assert fresh(subscription).status == SubscriptionStatus.ACTIVE
    assert paypal.cancellations(subscription.paypal_id) == 0
    assert letters(subscription) == [("termination_received", customer_of(subscription).email)]
    attention = signed_in(a_member(merchant)).open("/attention")
    assert "Résiliation demandée par" in attention.text


def test_at_the_commitments_end_it_waits_for_its_day(app: Flask) -> None:
    assert app
    subscription = a_subscription(commitment_cycles=3, after_completion="open")
    lets_customers_cancel(merchant_of(subscription), during_commitment=DuringCommitment.AT_ITS_END)
    visitor = at_home(customer_of(subscription))
    page = visitor.open(ending_page(visitor, subscription)).text
    assert "au terme de l’engagement, le" in page
    assert "jusqu’à cette date" in page
    assert "Le grand format" in page
    answer = ends(visitor, subscription)
    [request] = requests_about(subscription)
    assert request.wished_on is not None
    assert "La fin est demandée pour le" in visitor.open(answer.location).text
    assert "La fin est demandée pour le" in contract(visitor, subscription).text
    assert changes_of(subscription) == []
    with later(days=60):
        run_schedule(carry_out.carry_out_due)
    assert len(changes_of(subscription)) == 1


def test_paypal_down_it_is_registered_and_follows(visitor: Visitor, subscription: Subscription) -> None:
    paypal.fails(subscription.paypal_id, "get", "503")
    answer = ends(visitor, subscription)
    [change] = changes_of(subscription)
    attempt(change)
    page = visitor.open(answer.location)
    assert "Votre demande de résiliation est enregistrée" in page.text
    assert "nous réessayons automatiquement" in page.text
    assert "PayPal n’a pas encore confirmé" in contract(visitor, subscription).text
    with later(minutes=2):
        attempt(change)
    assert fresh(subscription).status == SubscriptionStatus.CANCELLED


def test_beside_another_change_it_follows_that_one(visitor: Visitor, subscription: Subscription) -> None:
    other = ask(subscription, "pause")
    answer = ends(visitor, subscription)
    assert "Un autre changement est en cours" in visitor.open(answer.location).text
    attempt(other)
    run_schedule(carry_out.carry_out_due)
    attempt(changes_of(subscription)[-1])
    assert fresh(subscription).status == SubscriptionStatus.CANCELLED
    assert "Votre contrat a pris fin" in visitor.open(answer.location).text


def test_a_refusal_by_paypal_becomes_the_merchants_affair(visitor: Visitor, subscription: Subscription) -> None:
    paypal.fails(subscription.paypal_id, "cancel", "403", times=0)
    answer = ends(visitor, subscription)
    attempt(changes_of(subscription)[0])
    page = visitor.open(answer.location).text
    assert "doit la traiter avant le prochain prélèvement" in page
    assert "refus" not in page.lower(), "the keys are not the customer's affair"


@pytest.mark.parametrize("status", ["completed", "cancelled", "abandoned"])
def test_what_has_ended_cannot_be_ended(app: Flask, status: str) -> None:
    assert app
    subscription = a_subscription(status=status)
    visitor = at_home(customer_of(subscription))
    path = ending_page(visitor, subscription)
    for answer in (visitor.get(path), visitor.post(path, {"change_key": str(uuid.uuid4()), "reason": ""})):
        assert answer.status_code == 409
        assert "a déjà pris fin" in visitor.page.text
        assert visitor.page.find(cls="badge").text
    assert requests_about(subscription) == []


@pytest.mark.parametrize("gateway", Gateway)
def test_what_has_not_begun_or_is_paid_otherwise_ends_and_is_told(app: Flask, gateway: Gateway) -> None:
    assert app
    manual = gateway == Gateway.MANUAL
    subscription = a_subscription(gateway=gateway, status="active" if manual else "pending")
    lets_customers_cancel(merchant_of(subscription))
    visitor = at_home(customer_of(subscription))
    page = visitor.open(ending_page(visitor, subscription)).text
    assert ("Plus rien n’est à payer pour la suite." if manual else "Vous n’avez pas encore donné votre accord") in page
    answer = ends(visitor, subscription)
    for change in changes_of(subscription):
        attempt(change)
    assert "Votre contrat a pris fin" in visitor.open(answer.location).text
    assert ("ended_customer", customer_of(subscription).email) in letters(subscription)


def test_anothers_contract_and_anothers_proof_are_not_there(visitor: Visitor, subscription: Subscription) -> None:
    neighbour = a_subscription(merchant=merchant_of(subscription))
    elsewhere = a_subscription(a_customer(a_merchant(), email=customer_of(subscription).email))
    proof = ends(at_home(customer_of(neighbour)), neighbour).location
    nobody = visitor.get(visitor.at(f"subscriptions/{uuid.uuid4()}/cancellation"))
    for other in (neighbour, elsewhere):
        path = ending_page(visitor, other)
        assert visitor.get(path).status_code == 404
        assert visitor.post(path, {"change_key": str(uuid.uuid4())}).status_code == 404
    assert visitor.get(proof).status_code == nobody.status_code == 404
    assert requests_about(elsewhere) == []


def test_an_older_refusal_does_not_stand_in_the_way(visitor: Visitor, subscription: Subscription) -> None:
    a_refused_change(subscription)
    assert ends(visitor, subscription).status_code == 303
    attempt(changes_of(subscription)[-1])
    assert fresh(subscription).status == SubscriptionStatus.CANCELLED
