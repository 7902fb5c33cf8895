"""A cancelled subscription is taken up again: another one at PayPal, on what is left of the first."""

import uuid
from datetime import timedelta

import pytest
from portal.door import Visitor, at_home, contract
from support import paypal
from support.acting import NORA, at, attempt, changes_of, ended, rewrite, verified
from support.browser import signed_in
from support.builders import a_member, a_subscription, customer_of, merchant_of, offer_of
from support.html import Element
from support.mail import outbox
from support.running import fresh, in_app

from kooneo.catalog.models import Offer
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.extensions import db
from kooneo.orders.models import Order, OrderState
from kooneo.orders.resuming import NotResumable
from kooneo.orders.services.conclude import conclude
from kooneo.orders.services.place import Draft, place
from kooneo.subscriptions.lifecycle import Action, NotAllowed, SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services.request import Wish, request_change

from .ordering import agreed, created, decides, orders_of, subscription_of

pytestmark = pytest.mark.usefixtures("app")

RESUME, ANEW = "Reprendre mon abonnement", "Recommencer la commande"


@in_app
def taken_up(subscription: Subscription, *, browser: str = "theirs") -> Order:
    subscription = db.session.get_one(Subscription, subscription.id)
    offer = db.session.get_one(Offer, subscription.offer_id)
    customer = db.session.get_one(Customer, subscription.customer_id)
    draft = Draft(customer.email, customer.given_name, customer.family_name, "")
    key = str(uuid.uuid4())
    return place(offer, draft, key=key, browser=browser, address="192.0.2.10", follows_id=subscription.id)


def page_of(visitor: Visitor, subscription: Subscription) -> str:
    return visitor.at(f"subscriptions/{subscription.id}/resumption")


def way_back(section: Element) -> list[str]:
    return [link["href"] for link in section.find_all("a") if link.text == RESUME]


def test_the_portal_leads_from_the_cancelled_one_to_paypal() -> None:
    subscription = a_subscription(status="cancelled", total_cycles=12, days=120)
    visitor = at_home(customer_of(subscription))
    (address,) = way_back(contract(visitor, subscription))
    page = visitor.open(address)
    assert "8 paiements, soit 392,00\u00a0€ en tout" in page.text
    response = visitor.post(address, {"key": page.find("input", name="key")["value"]})
    assert response.status_code == 303
    assert f"/offers/{offer_of(subscription).slug}/orders/" in response.location


def test_the_instalments_that_are_left_are_carried_over() -> None:
    first = a_subscription(status="cancelled", total_cycles=12, days=120)
    assert first.cycles_completed == 4
    second = agreed(taken_up(first))
    assert (second.total_cycles, second.follows_id) == (8, first.id)
    assert second.customer_id == first.customer_id
    assert paypal.record(second.paypal_id or "")["total_cycles"] == 8
    assert fresh(first).status == SubscriptionStatus.CANCELLED


def test_what_is_kept_of_a_commitment_counts() -> None:
    first = a_subscription(status="cancelled", commitment_cycles=12, days=120)
    assert agreed(taken_up(first)).commitment_cycles == 8


def test_contents_unlock_as_if_it_had_gone_on() -> None:
    first = a_subscription(status="cancelled", days=40)
    second = agreed(taken_up(first))
    assert second.head_start_days == 37
    visitor = at_home(customer_of(first))
    opened = [one["data-access"] for one in contract(visitor, second).find_all("li") if "data-access" in one.attributes]
    assert opened == ["open", "open", "closed"]


def test_both_histories_speak_of_it() -> None:
    first = a_subscription(status="cancelled")
    second = agreed(taken_up(first))
    browser = signed_in(a_member(merchant_of(first)))
    page = browser.open(f"/customers/{first.customer_id}/subscriptions")
    assert "Repris par un nouvel abonnement" in page.by_id(f"subscription-{first.id}").text
    assert "reprise de celui du" in page.by_id(f"subscription-{second.id}").text


@pytest.mark.parametrize("status", ["pending", "active", "past_due", "suspended", "completed", "abandoned"])
def test_only_what_was_cancelled_is_taken_up(status: str) -> None:
    subscription = a_subscription(status=status)
    visitor = at_home(customer_of(subscription))
    assert way_back(contract(visitor, subscription)) == []
    assert visitor.get(page_of(visitor, subscription)).status_code == 409
    with pytest.raises(NotResumable):
        taken_up(subscription)


def test_what_is_taken_up_already_is_not_offered_again() -> None:
    first = a_subscription(status="cancelled")
    order = created(taken_up(first))
    visitor = at_home(customer_of(first))
    assert way_back(contract(visitor, first)) == []
    assert subscription_of(order).status == SubscriptionStatus.PENDING


def test_one_that_was_left_on_paypals_page_is_begun_anew_a_week_later() -> None:
    first = a_subscription(status="cancelled", total_cycles=12, days=120)
    a_member(merchant_of(first), role="owner")
    order = created(taken_up(first))
    left_there = subscription_of(order)
    with at(now() + timedelta(days=7)):
        visitor = at_home(customer_of(first))
        assert "Sa reprise attend votre accord" in contract(visitor, first).text
        (address,) = [link["href"] for link in contract(visitor, left_there).find_all("a") if link.text == ANEW]
        key = visitor.open(address).find("input", name="key")["value"]
        for _twice in range(2):
            assert visitor.post(address, {"key": key}).status_code == 303
        (change,) = changes_of(left_there)
        assert (change.action, change.actor_name, attempt(change).to_status) == ("cancel", "Kooneo", "cancelled")
        told = {message.recipient for message in outbox(merchant_of(first))}
        assert told <= {customer_of(first).email}, "nobody has ended a subscription: the owner reads nothing of it"
        assert "Cette commande n’a pas abouti" in contract(visitor, left_there).text
        (anew,) = [each for each in orders_of(offer_of(first)) if each.id != order.id]
        second = agreed(anew)
        assert (second.follows_id, second.total_cycles) == (first.id, 8)
        assert fresh(left_there).status == SubscriptionStatus.CANCELLED
        assert "Vous l’avez repris" in contract(visitor, first).text


def test_who_has_agreed_meanwhile_keeps_what_was_ordered() -> None:
    """PayPal tells of the agreement at the moment at which the order is begun anew."""
    first = a_subscription(status="cancelled")
    left_there = subscription_of(created(taken_up(first)))
    wish = Wish(Action.CANCEL, only_from=SubscriptionStatus.PENDING)
    rewrite(left_there, status=SubscriptionStatus.ACTIVE)
    with pytest.raises(NotAllowed):
        in_app(request_change)(left_there, wish, by=NORA, key="k")
    assert changes_of(left_there) == []


def test_in_two_tabs_it_is_taken_up_once() -> None:
    first = a_subscription(status="cancelled")
    assert taken_up(first).id == taken_up(first).id


def test_an_offer_that_is_no_longer_sold_is_not_taken_up() -> None:
    subscription = a_subscription(status="cancelled")
    in_app(_close)(subscription)
    visitor = at_home(customer_of(subscription))
    assert way_back(contract(visitor, subscription)) == []
    assert visitor.get(page_of(visitor, subscription)).status_code == 409
    assert "n’est plus en vente" in visitor.page.text


def _close(subscription: Subscription) -> None:
    db.session.get_one(Offer, subscription.offer_id).for_sale = False
    db.session.commit()


def left(subscription: Subscription) -> Subscription:
    """Cancelled on PayPal's site."""
    paypal.change(subscription.paypal_id or "", status="CANCELLED")
    after = verified(subscription)
    assert after.status == SubscriptionStatus.CANCELLED
    return after


@pytest.mark.parametrize("action", ["cancel", "abandon", "complete"])
def test_what_was_taken_up_once_is_not_taken_up_again_whatever_became_of_it(action: str) -> None:
    first = a_subscription(status="cancelled", total_cycles=12, days=120)
    second, _ = ended(agreed(taken_up(first)), action)
    visitor = at_home(customer_of(first))
    assert way_back(contract(visitor, first)) == []
    assert len(way_back(contract(visitor, second))) == (1 if action == "cancel" else 0)
    assert visitor.get(page_of(visitor, first)).status_code == 409
    with pytest.raises(NotResumable), at(now() + timedelta(hours=4)):
        taken_up(first)


@pytest.mark.parametrize("where", ["at PayPal", "here"])
def test_what_nobody_agreed_to_is_not_taken_up_and_takes_nothing_up(where: str) -> None:
    first = a_subscription(status="cancelled")
    order = created(taken_up(first))
    never = subscription_of(order)
    never = left(never) if where == "at PayPal" else ended(never, "cancel")[0]
    assert not never.began
    assert in_app(conclude)(order.id)
    assert fresh(order).state == OrderState.LAPSED
    visitor = at_home(customer_of(first))
    assert way_back(contract(visitor, never)) == []
    assert visitor.get(page_of(visitor, never)).status_code == 409
    with pytest.raises(NotResumable):
        taken_up(never)
    assert len(way_back(contract(visitor, first))) == 1


def test_what_was_agreed_to_and_left_before_anybody_looked_had_begun() -> None:
    order = created(taken_up(a_subscription(status="cancelled")))
    decides(order)
    second = left(subscription_of(order))
    assert second.began
    assert len(way_back(contract(at_home(customer_of(second)), second))) == 1


def test_a_trial_that_was_left_before_its_first_payment_had_begun() -> None:
    without_payment = {"cycles_completed": 0, "last_payment": None}
    trial = a_subscription(status="active", days=0, at_paypal=without_payment)
    rewrite(trial, cycles_completed=0, last_payment_at=None, paid_until=None)
    assert left(trial).began


def test_taken_up_twice_it_still_ends_where_it_was_agreed() -> None:
    first = a_subscription(status="cancelled", total_cycles=12, days=120)
    second = left(agreed(taken_up(first)))
    with at(now() + timedelta(minutes=1)):
        third = agreed(taken_up(second))
    assert third.total_cycles == 7


def test_taken_up_twice_all_that_was_kept_of_a_commitment_counts() -> None:
    first = a_subscription(status="cancelled", commitment_cycles=12, days=120)
    second = left(agreed(taken_up(first)))
    assert (first.cycles_completed, second.commitment_cycles, second.cycles_completed) == (4, 8, 1)
    with at(now() + timedelta(minutes=1)):
        assert agreed(taken_up(second)).commitment_cycles == 7
