"""Propositions arrêtées: the mark on the record, with the reason."""

import pytest
from support.browser import signed_in
from support.builders import a_member, a_subscription, customer_of, merchant_of, offer_of
from support.html import Element
from support.running import in_app
from support.winback import MONDAY, a_cancelled, at

from kooneo.extensions import db, transaction
from kooneo.subscriptions.models import Subscription
from kooneo.winback.models import OptOut

pytestmark = pytest.mark.usefixtures("app")

MARK = "Propositions arrêtées"


def card(subscription: Subscription) -> Element:
    page = signed_in(a_member(merchant_of(subscription))).open(f"/customers/{subscription.customer_id}/subscriptions")
    return page.by_id(f"subscription-{subscription.id}")


def marks(section: Element) -> list[str]:
    return [mark.text for mark in section.find_all("span", cls="mark")]


@in_app
def wants_no_more(subscription: Subscription) -> None:
    with transaction():
        db.session.add(OptOut(customer_id=subscription.customer_id, merchant_id=subscription.merchant_id))


def test_what_may_be_proposed_has_no_mark() -> None:
    with at(MONDAY):
        section = card(a_cancelled())
    assert marks(section) == []
    assert "Proposer de reprendre" in section.text


def test_who_wants_no_more_of_it_is_marked_with_the_reason() -> None:
    with at(MONDAY):
        subscription = a_cancelled()
        wants_no_more(subscription)
        section = card(subscription)
    assert marks(section) == [MARK]
    assert "Le client ne veut plus de propositions." in section.text
    assert "Proposer de reprendre" not in section.text, "what would be refused is not offered"


def test_what_was_taken_up_is_marked_and_what_runs_is_not() -> None:
    with at(MONDAY):
        subscription = a_cancelled()
        again = a_subscription(customer_of(subscription), offer=offer_of(subscription), days=0)
        assert "Le client s’est déjà abonné de nouveau." in card(subscription).text
        assert marks(card(again)) == []
