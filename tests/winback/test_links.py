"""The links of a proposal: a way back and a way out, for whoever holds them and nobody else."""

import uuid

import pytest
from portal.door import Visitor
from support.browser import Browser, signed_in
from support.builders import a_member, a_merchant, a_subscription, customer_of, merchant_of, offer_of
from support.html import Element
from support.mail import attempt_to_send
from support.running import fresh, in_app
from support.winback import (
    MONDAY,
    NORA,
    a_cancelled,
    a_proposal,
    again_path,
    at,
    decided,
    ended,
    giving_up,
    proposals,
    proposes_again,
    proposing,
    stop_path,
    token,
)

from kooneo.extensions import db, transaction
from kooneo.subscriptions.models import Subscription
from kooneo.winback.models import OptOut, WinbackMessage
from kooneo.winback.services.propose import propose_by_hand

pytestmark = pytest.mark.usefixtures("app")

STOP = "Ne plus me le proposer"


@pytest.fixture
def message() -> WinbackMessage:
    with at(MONDAY):
        return a_proposal()


def subscription_of(message: WinbackMessage) -> Subscription:
    found: Subscription = _subscription(message)
    return found


_subscription = in_app(lambda message: db.session.get_one(Subscription, message.subscription_id))
_opted_out = in_app(lambda message: db.session.get(OptOut, message.customer_id) is not None)


def button(page: Element) -> str:
    return page.find("main").find("button").text


def pressed(message: WinbackMessage, path: str) -> Visitor:
    """Somebody's browser after the button of the page behind this link."""
    visitor = Visitor(merchant_of(message))
    visitor.open(path)
    assert visitor.post(path).status_code == 303
    return visitor


def test_the_page_shows_and_the_button_does(message: WinbackMessage) -> None:
    visitor = Visitor(merchant_of(message))
    page = visitor.open(stop_path(message))
    assert button(page) == STOP
    assert subscription_of(message).status == "cancelled", "mail programs open links too"
    assert visitor.post(stop_path(message)).status_code == 303
    page = visitor.open(stop_path(message))
    assert "ne vous proposera plus" in page.text
    assert not page.find("main").find_all("form")
    assert subscription_of(message).status == "abandoned"


def test_the_record_shows_who_and_why(message: WinbackMessage) -> None:
    pressed(message, stop_path(message))
    office = signed_in(a_member(merchant_of(message)))
    card = office.open(f"/customers/{message.customer_id}/subscriptions").by_id(
        f"subscription-{message.subscription_id}"
    )
    assert card["data-status"] == "abandoned"
    assert STOP in card.text
    assert "Alice Martin" in card.text
    assert "Le client ne veut plus de propositions" in office.open(f"/customers/{message.customer_id}/journal").text


def test_one_click_needs_no_session_and_no_page(message: WinbackMessage) -> None:
    machine = Browser()
    answer = machine.send("POST", stop_path(message), data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.data) == (200, b"")
    assert subscription_of(message).status == "abandoned"
    assert _opted_out(message)


def test_without_either_nothing_happens(message: WinbackMessage) -> None:
    assert Browser().send("POST", stop_path(message), data={}).status_code == 400
    assert Browser().send("POST", stop_path(message), data={"List-Unsubscribe": "later"}).status_code == 400
    assert not _opted_out(message)


def test_it_may_be_pressed_as_often_as_one_likes(message: WinbackMessage) -> None:
    machine, merchant = Browser(), merchant_of(message)
    for _ in range(3):
        assert machine.send("POST", stop_path(message), data={"List-Unsubscribe": "One-Click"}).status_code == 200
    office = signed_in(a_member(merchant))
    journal = office.open(f"/customers/{message.customer_id}/journal").text
    assert journal.count("Le client ne veut plus de propositions") == 1
    office.open(f"/subscriptions/{message.subscription_id}/cancellation")
    key = office.page.find("input", name="change_key")["value"]
    office.post(f"/subscriptions/{message.subscription_id}/cancellation", {"change_key": key, "reason": ""})
    assert machine.send("POST", stop_path(message), data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert subscription_of(message).status == "cancelled", "what the merchant made of it since stays"


@pytest.mark.parametrize("status", ["active", "completed"])
def test_what_is_not_cancelled_any_more_keeps_its_status(message: WinbackMessage, status: str) -> None:
    _become(message, status)
    pressed(message, stop_path(message))
    assert subscription_of(message).status == status
    assert _opted_out(message)


@in_app
def _become(message: WinbackMessage, status: str) -> None:
    with transaction():
        db.session.get_one(Subscription, message.subscription_id).status = status  # type: ignore[assignment]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_is_not_ours_or_anothers_tells_nothing(message: WinbackMessage, method: str) -> None:
    theirs, other = merchant_of(message), a_merchant()
    signed = token(message)
    for link in ("unsubscribe", "offers/again"):
        answers = set()
        for made_up in (f"{signed[:-2]}xx", "nothing", signed):
            browser = Visitor(other)
            browser.open(browser.at("login"))
            response = browser.send(
                method, f"/portal/{other.slug}/{link}/{made_up}", data={"csrf_token": browser.token}
            )
            answers.add((response.status_code, browser.page.find("main").text))
        assert len(answers) == 1
        assert answers.pop()[0] == 404
    assert theirs.slug != other.slug
    assert not _opted_out(message)


def test_the_way_back_counts_once_and_leads_on(message: WinbackMessage) -> None:
    visitor = Visitor(merchant_of(message))
    page = visitor.open(again_path(message))
    assert button(page) == "Reprendre mon abonnement"
    assert "49,00 € par mois" in page.text.replace("\u00a0", " ")
    assert fresh(message).followed_at is None, "mail programs open links too"
    answer = visitor.post(again_path(message))
    assert answer.location == visitor.at(f"subscriptions/{message.subscription_id}/resumption")
    first = fresh(message).followed_at
    assert first is not None
    visitor.post(again_path(message))
    assert fresh(message).followed_at == first


def test_signing_in_leads_on_to_taking_up_again(message: WinbackMessage) -> None:
    subscription = subscription_of(message)
    visitor = pressed(message, again_path(message))
    wanted = visitor.at(f"subscriptions/{subscription.id}/resumption")
    assert visitor.get(wanted).location == visitor.at("login")
    assert visitor.signs_in(customer_of(subscription)).location == wanted
    assert visitor.open(wanted).find("h1").text
    visitor.open(visitor.at("subscriptions"))
    visitor.post(visitor.at("logout"))
    assert visitor.signs_in(customer_of(subscription)).location == visitor.at("subscriptions"), "once is enough"


def test_the_way_on_stays_in_the_portal_where_it_began(message: WinbackMessage) -> None:
    subscription = subscription_of(message)
    visitor, elsewhere = Visitor(merchant_of(message)), a_merchant()
    visitor.get(f"/portal/{elsewhere.slug}/contents")
    assert visitor.signs_in(customer_of(subscription)).location == visitor.at("subscriptions")


def test_who_had_enough_may_still_come_back(message: WinbackMessage) -> None:
    visitor = pressed(message, stop_path(message))
    visitor.open(stop_path(message)).find("a", href=again_path(message))
    assert visitor.open(again_path(message)).find("main").find("button")
    answer = visitor.post(again_path(message))
    assert answer.location == visitor.at(f"offers/{offer_of(subscription_of(message)).slug}")
    assert visitor.open(answer.location).find("h1").text == "Atelier du mardi"


def test_what_was_taken_up_already_is_not_sold_twice(message: WinbackMessage) -> None:
    subscription = subscription_of(message)
    a_subscription(customer_of(subscription), offer=offer_of(subscription), days=0)
    visitor = Visitor(merchant_of(message))
    page = visitor.open(again_path(message))
    assert "déjà repris" in page.text
    assert visitor.post(again_path(message)).location == again_path(message)


def test_the_last_one_unanswered_makes_it_abandoned_where_the_merchant_wants_it() -> None:
    with at(MONDAY):
        kept = a_cancelled(days=45.1)
        merchant = proposes_again(a_merchant(), abandon_unanswered=True)
        ignored, followed, early = (a_cancelled(merchant, days=days) for days in (45.1, 45.2, 14.1))
        proposing()
        for subscription in (kept, ignored, followed, early):
            attempt_to_send(proposals(subscription)[0])
    _follow(followed)
    giving_up()
    with at(MONDAY.replace(month=12, day=13)):
        giving_up()
    assert {fresh(each).status for each in (kept, ignored, followed, early)} == {"cancelled"}
    with at(MONDAY.replace(month=12, day=15)):
        giving_up()
        giving_up()
    assert [fresh(each).status for each in (kept, ignored, followed, early)] == [
        "cancelled",
        "abandoned",
        "cancelled",
        "cancelled",
    ]


def _follow(subscription: Subscription) -> None:
    (message,) = decided(subscription)
    pressed(message, again_path(message))


def test_a_proposal_made_by_hand_since_is_waited_for_too() -> None:
    """A fortnight of its own, and for ever once its link was followed."""
    with at(MONDAY):
        merchant = proposes_again(a_merchant(), abandon_unanswered=True)
        ignored, followed = (a_cancelled(merchant, days=days) for days in (45.1, 45.2))
        proposing()
        for subscription in (ignored, followed):
            attempt_to_send(proposals(subscription)[0])
    with at(MONDAY.replace(month=12, day=13)):
        for subscription in (ignored, followed):
            in_app(propose_by_hand)(subscription, key=uuid.uuid4(), by=NORA)
    with at(MONDAY.replace(month=12, day=26)):
        pressed(decided(followed)[1], again_path(decided(followed)[1]))
        giving_up()
    assert {fresh(each).status for each in (ignored, followed)} == {"cancelled"}
    with at(MONDAY.replace(month=12, day=28)):
        giving_up()
    assert (fresh(ignored).status, fresh(followed).status) == ("abandoned", "cancelled")


def test_who_is_ordering_it_again_is_not_abandoned_for_silence() -> None:
    with at(MONDAY):
        subscription = a_cancelled(proposes_again(a_merchant(), abandon_unanswered=True), days=45.1)
        proposing()
        attempt_to_send(proposals(subscription)[0])
    with at(MONDAY.replace(month=12, day=20)):
        a_subscription(customer_of(subscription), offer=offer_of(subscription), days=0, status="pending")
        giving_up()
    assert fresh(subscription).status == "cancelled"
    with at(MONDAY.replace(month=12, day=21)):
        giving_up()
    assert fresh(subscription).status == "abandoned", "that order was left"


def test_who_took_it_up_is_not_abandoned_for_silence() -> None:
    with at(MONDAY):
        merchant = proposes_again(a_merchant(), abandon_unanswered=True)
        subscription = ended(a_subscription(merchant=merchant, status="cancelled"), days=45.1)
        proposing()
        attempt_to_send(proposals(subscription)[0])
        a_subscription(customer_of(subscription), offer=offer_of(subscription), days=0)
    with at(MONDAY.replace(month=12, day=20)):
        giving_up()
    assert fresh(subscription).status == "cancelled"
