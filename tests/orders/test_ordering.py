"""From the order page to the open content, and every way in which it may go astray."""

from datetime import timedelta

import pytest
from flask import current_app
from portal.door import at_home, contract
from support import paypal
from support.acting import ask, at, attempt, changes_of, jobs_of, run_schedule, try_until_settled, verified
from support.browser import signed_in
from support.builders import (
    a_customer,
    a_member,
    a_merchant,
    a_product,
    a_subscription,
    an_offer,
    an_order,
    client_id_of,
    customer_of,
    has_keys,
    merchant_of,
)
from support.mail import outbox
from support.refunds import catch_up_with_payments, number_of_readings, payments_of
from support.running import fresh, in_app

from kooneo.catalog.models import Product
from kooneo.clock import local_date, now
from kooneo.extensions import db
from kooneo.legal.models import Consent
from kooneo.mail.models import MailKind
from kooneo.orders.models import Order, OrderState, PayPalPlan
from kooneo.orders.services.create import BACKOFF, release_own_leases, take_up
from kooneo.subscriptions.effects import become
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import ChangeState, Subscription
from kooneo.subscriptions.problems import Problem
from kooneo.subscriptions.queries import complete
from kooneo.terms import Interval

from .ordering import (
    PERSON,
    Buyer,
    agreed,
    created,
    customers_with,
    decides,
    looked_at,
    orders_of,
    subscription_of,
    subscriptions_of,
    the_minute_passes,
)

pytestmark = pytest.mark.usefixtures("app")


@in_app
def consent_of(subscription: Subscription) -> Consent | None:
    return db.session.get(Consent, subscription.id)


@in_app
def plans_of(order: Order) -> list[PayPalPlan]:
    return list(db.session.query(PayPalPlan).filter_by(offer_id=order.offer_id))


def creations(paypal_plan: str, action: str) -> int:
    return sum(1 for call in paypal.calls_in_order() if call["action"] == action and paypal_plan in str(call["body"]))


# --- the page


def test_the_page_says_what_is_bought_and_on_what_terms() -> None:
    offer = an_offer(a_product(title="Aquarelle"), title="Atelier du mardi", total_cycles=12)
    buyer = Buyer(offer)
    buyer.opens()
    text = buyer.page.text
    assert "Aquarelle" in text
    assert "49,00\u00a0€" in text
    assert "12 paiements, soit 588,00\u00a0€ en tout" in text
    assert "Résilier votre contrat" in text
    assert "S’abonner avec obligation de paiement" in text


def test_somebody_signed_in_finds_their_name() -> None:
    customer = a_customer(given_name="Camille", family_name="Roux")
    offer = an_offer(a_product(merchant_of(customer)))
    visitor = at_home(customer)
    page = visitor.open(visitor.at(f"offers/{offer.slug}"))
    assert page.find("input", name="email")["value"] == customer.email
    assert page.find("input", name="given_name")["value"] == "Camille"


@pytest.mark.parametrize("field", ["given_name", "family_name", "email"])
def test_what_is_missing_is_said_beside_its_field(field: str) -> None:
    buyer = Buyer(an_offer())
    response = buyer.sends(**{field: " ", "consent": "y"})
    assert response.status_code == 422
    assert buyer.page.find("input", name=field)["aria-invalid"] == "true"
    assert "checked" in buyer.page.find("input", name="consent").attributes
    assert orders_of(buyer.offer) == []


def test_an_offer_that_is_not_sold_says_so() -> None:
    buyer = Buyer(an_offer(for_sale=False))
    assert buyer.get(buyer.order_page).status_code == 410
    assert "n’est pas en vente" in buyer.page.text
    assert buyer.sends(key="a-key").status_code == 410


def test_a_merchant_without_keys_cannot_sell() -> None:
    buyer = Buyer(an_offer(a_product(a_merchant(keys=False))))
    assert buyer.get(buyer.order_page).status_code == 503
    assert buyer.sends(key="a-key").status_code == 503
    assert orders_of(buyer.offer) == []


def test_another_merchants_offer_and_order_are_not_there() -> None:
    mine, theirs = Buyer(an_offer()), Buyer(an_offer())
    order = an_order(theirs.offer)
    mine.opens()
    assert mine.get(mine.at(f"offers/{theirs.offer.slug}")).status_code == 404
    assert mine.get(f"{mine.order_page}/orders/{order.id}").status_code == 404
    assert mine.post(f"{mine.order_page}/orders/{order.id}/check").status_code == 404


def test_too_many_orders_from_one_address() -> None:
    offer = an_offer()
    for number in range(20):
        an_order(offer, browser=f"browser {number}", address="198.51.100.7")
    assert Buyer(offer, address="198.51.100.7").sends().status_code == 429
    assert Buyer(offer, address="198.51.100.8").sends().status_code == 303


# --- the good way


def test_paypal_says_active_and_the_content_opens() -> None:
    buyer = Buyer(an_offer(total_cycles=12))
    order = created(buyer.orders(consent="y"))
    subscription = subscription_of(order)
    assert subscription.status == SubscriptionStatus.PENDING
    decides(order)
    assert looked_at(order).state == OrderState.CONCLUDED
    subscription = fresh(subscription)
    assert (subscription.status, subscription.cycles_completed) == (SubscriptionStatus.ACTIVE, 1)
    assert (subscription.total_cycles, subscription.price_minor) == (12, 4900)
    consent = consent_of(subscription)
    assert consent is not None
    assert "droit de rétractation" in consent.text
    (letter,) = [one for one in outbox(subscription) if one.kind == MailKind.ORDER_CONFIRMED]
    assert letter.recipient == "lea@client.test"
    assert "588,00" in (letter.text or "")
    assert consent.text in (letter.text or "")
    assert "Votre abonnement a commencé" in buyer.open(buyer.page_of(order)).text
    (customer,) = [one for one in customers_with("lea@client.test") if one.merchant_id == subscription.merchant_id]
    assert contract(at_home(customer), subscription)["data-status"] == "active"


def test_its_first_payment_stands_in_the_record_once_paypal_lists_it() -> None:
    order = created(Buyer(an_offer()).orders())
    subscription = subscription_of(order)
    decides(order)
    looked_at(order)
    assert number_of_readings(subscription) == 1
    catch_up_with_payments(subscription)
    (payment,) = payments_of(subscription)
    assert (payment.amount_minor, payment.currency, payment.state) == (4900, "EUR", "completed")


def test_without_the_tick_the_right_to_withdraw_stays() -> None:
    subscription = agreed(an_order())
    assert consent_of(subscription) is None


def test_a_contract_counts_from_the_day_on_which_the_customer_agreed() -> None:
    order = created(an_order())
    paypal_id = subscription_of(order).paypal_id or ""
    with at(now() + timedelta(days=3)):
        paypal.change(paypal_id, status="ACTIVE", start_time=now().isoformat())
        looked_at(order)
        subscription = subscription_of(order)
        assert subscription.contracted_on == local_date(now(), "Europe/Paris")
        assert now() - subscription.started_at < timedelta(hours=1)


def test_what_is_charged_is_what_was_on_the_page() -> None:
    order = an_order(an_offer(price=1900, interval=Interval.MONTH, interval_count=3))
    record = paypal.record(subscription_of(created(order)).paypal_id or "")
    assert (record["price"], record["interval_unit"], record["interval_count"]) == ("19.00", "MONTH", 3)
    assert record["total_cycles"] == 0


def test_a_known_address_orders_like_a_new_one() -> None:
    offer = an_offer()
    known = a_customer(merchant_of(offer), given_name="Ada", email="ada@client.test")
    answers = []
    for email in ("ada@client.test", "inconnue@client.test"):
        buyer = Buyer(offer)
        order = created(buyer.orders(email=email))
        page = buyer.open(buyer.page_of(order)).text
        answers.append(page.replace(str(order.id), "").replace(order.approve_url or "", ""))
    assert answers[0] == answers[1]
    first, _second = orders_of(offer)
    assert subscription_of(first).customer_id == known.id
    assert fresh(known).given_name == "Ada"


# --- one plan for an offer


def test_an_offer_is_published_once() -> None:
    offer = an_offer()
    orders = [created(an_order(offer)) for _ in range(3)]
    (plan,) = plans_of(orders[0])
    assert creations(plan.product_id or "", "create_plan") == 1
    assert {paypal.record(subscription_of(order).paypal_id or "")["plan_id"] for order in orders} == {plan.plan_id}


def test_other_terms_are_another_plan_of_the_same_product() -> None:
    offer = an_offer()
    first = created(an_order(offer))
    in_app(_dearer)(offer)
    second = created(an_order(fresh(offer)))
    plans = plans_of(first)
    assert len(plans) == 2
    assert len({plan.product_id for plan in plans}) == 1
    prices = [paypal.record(subscription_of(order).paypal_id or "")["price"] for order in (first, second)]
    assert prices == ["49.00", "59.00"]


def _dearer(offer: object) -> None:
    row = db.session.merge(offer)
    row.price_minor = 5900
    db.session.commit()


def test_another_paypal_account_has_plans_of_its_own() -> None:
    offer = an_offer()
    merchant = merchant_of(offer)
    first = created(an_order(offer))
    paypal.knows_keys("another-app", "another-secret")
    has_keys(merchant, "another-app", "another-secret")
    second = created(an_order(offer))
    assert second.state == OrderState.AWAITING
    assert {plan.client_id for plan in plans_of(first)} == {client_id_of(merchant), "another-app"}


def test_who_left_paypals_page_finds_the_way_back_in_their_space() -> None:
    buyer = Buyer(an_offer())
    order = created(buyer.orders())
    customer = customer_of(subscription_of(order))
    home = at_home(customer)
    assert "Terminer ma commande" in home.page.text
    assert buyer.page_of(order) in [link["href"] for link in home.page.find_all("a")]
    decides(order)
    assert looked_at(order).state == OrderState.CONCLUDED
    home.open(home.at("subscriptions"))
    assert "Terminer ma commande" not in home.page.text


def test_who_begins_the_order_anew_from_their_space_leaves_one_that_waits() -> None:
    buyer = Buyer(an_offer())
    left = subscription_of(created(buyer.orders()))
    with at(now() + timedelta(days=7)):
        home = at_home(customer_of(left))
        (address,) = [link["href"] for link in home.page.find_all("a") if link.text == "Recommencer la commande"]
        key = home.open(address).find("input", name="key")["value"]
        assert home.post(address, PERSON | {"key": key}).status_code == 303
        assert [change.action for change in changes_of(left)] == ["cancel"]


@pytest.mark.parametrize("somebody", ["signed out", "for another"])
def test_an_order_ends_only_what_its_own_customer_left(somebody: str) -> None:
    buyer = Buyer(an_offer())
    left = subscription_of(created(buyer.orders()))
    with at(now() + timedelta(days=7)):
        if somebody == "for another":
            buyer.signs_in(customer_of(left))
        buyer.orders(**({"email": "marc@client.test"} if somebody == "for another" else {}))
    assert changes_of(left) == []


def test_a_plan_that_is_gone_at_paypal_is_published_anew() -> None:
    offer = an_offer()
    order = created(an_order(offer))
    in_app(_lose_the_plan)()
    assert created(an_order(offer)).problem == Problem.NOT_FOUND
    assert created(an_order(offer)).state == OrderState.AWAITING
    assert len(plans_of(order)) == 1


def _lose_the_plan() -> None:
    db.session.query(PayPalPlan).update({"plan_id": "P-GONE"})
    db.session.commit()


# --- ways astray


def test_leaving_paypals_page_costs_nothing_and_the_way_back_stays_open() -> None:
    buyer = Buyer(an_offer())
    order = created(an_order(buyer.offer))
    assert decides(order, "refuse").startswith(f"http://localhost{buyer.page_of(order, '?left=1')}")
    page = buyer.open(buyer.page_of(order, "?left=1"))
    assert "Rien n’a été prélevé" in page.text
    assert order.approve_url in [link.get("href") for link in page.find_all("a")]
    assert looked_at(order).state == OrderState.AWAITING
    assert subscription_of(order).status == SubscriptionStatus.PENDING
    decides(order)
    assert looked_at(order).state == OrderState.CONCLUDED


def test_coming_back_twice_is_one_contract_and_one_message() -> None:
    buyer = Buyer(an_offer())
    order = created(an_order(buyer.offer))
    for _ in range(2):
        decides(order)
        buyer.open(buyer.page_of(order, "?returned=1"))
        buyer.post(buyer.page_of(order, "/check"))
        looked_at(order)
    (subscription,) = subscriptions_of(buyer.offer)
    assert subscription.cycles_completed == 1
    assert [one.kind for one in outbox(subscription)].count(MailKind.ORDER_CONFIRMED) == 1


def test_the_same_order_in_two_tabs_is_one_order() -> None:
    buyer = Buyer(an_offer())
    keys = [buyer.opens(), buyer.opens()]
    orders = [buyer.orders(key=key) for key in keys]
    assert orders[0].id == orders[1].id
    assert buyer.orders(key=keys[0]).id == orders[0].id
    agreed(orders[0])
    assert len(subscriptions_of(buyer.offer)) == 1


def test_somebody_elses_browser_takes_up_no_order_of_mine() -> None:
    offer, typed = an_offer(), {"email": "lea@client.test"}
    mine, same = (an_order(offer, browser="mine", **typed) for _ in range(2))
    assert mine.id == same.id
    assert an_order(offer, browser="another", **typed).id != mine.id
    assert an_order(offer, browser="mine", consent="Oui", **typed).id != mine.id


def test_coming_back_before_paypal_knows_opens_nothing() -> None:
    buyer = Buyer(an_offer())
    order = created(an_order(buyer.offer))
    page = buyer.open(buyer.page_of(order, "?returned=1"))
    assert "n’a pas encore confirmé votre accord" in page.text
    assert looked_at(order).state == OrderState.AWAITING
    assert subscription_of(order).status == SubscriptionStatus.PENDING


def test_coming_back_has_paypal_asked_without_a_script_too() -> None:
    buyer = Buyer(an_offer())
    order = created(an_order(buyer.offer))
    planned = jobs_of(order, "look:")
    buyer.open(buyer.page_of(order, "?left=1"))
    assert jobs_of(order, "look:") == planned
    with at(now().replace(second=1)):  # asked at most once in five seconds
        for _ in range(2):
            buyer.open(buyer.page_of(order, "?returned=1"))
    assert len(jobs_of(order, "look:")) == len(planned) + 1


def test_the_return_is_lost_and_a_comparison_finds_it() -> None:
    order = created(an_order())
    decides(order)
    subscription = verified(subscription_of(order))
    assert subscription.status == SubscriptionStatus.ACTIVE
    the_minute_passes()
    assert fresh(order).state == OrderState.CONCLUDED
    assert [one.kind for one in outbox(subscription)] == [MailKind.ORDER_CONFIRMED]


def test_whoever_never_comes_back_is_looked_for_by_the_worker() -> None:
    order = created(an_order())
    decides(order)
    assert order.next_attempt_at is not None
    with at(order.next_attempt_at):
        assert looked_at(order).state == OrderState.CONCLUDED


def test_the_looks_come_to_an_end() -> None:
    order = created(an_order())
    for _ in range(30):
        if order.next_attempt_at is None:
            break
        with at(order.next_attempt_at):
            order = looked_at(order)
    assert order.next_attempt_at is None
    assert order.state == OrderState.AWAITING
    assert subscription_of(order).status == SubscriptionStatus.PENDING


def test_paypal_silent_the_order_waits_and_is_made_once() -> None:
    buyer = Buyer(an_offer())
    order = an_order(buyer.offer)
    paypal.fails_for_keys(client_id_of(merchant_of(buyer.offer)), "create_subscription", "500_applied", times=2)
    order = created(order)
    assert (order.state, order.problem) == (OrderState.OPEN, Problem.UNREACHABLE)
    assert "nous réessayons automatiquement" in buyer.open(buyer.page_of(order)).text
    for _ in range(2):
        with at(order.next_attempt_at or now()):
            order = created(order)
    assert order.state == OrderState.AWAITING
    made = [call for call in paypal.calls_in_order() if str(order.id) in str(call["body"])]
    assert len(made) == 3
    assert len(subscriptions_of(buyer.offer)) == 1


def test_after_the_last_attempt_it_says_that_nothing_was_taken() -> None:
    buyer = Buyer(an_offer())
    order = an_order(buyer.offer)
    paypal.fails_for_keys(client_id_of(merchant_of(buyer.offer)), "*", "503", times=0)
    for _ in range(len(BACKOFF) + 1):
        with at(order.next_attempt_at or now()):
            order = created(order)
    assert order.state == OrderState.REFUSED
    page = buyer.open(buyer.page_of(order))
    assert "PayPal n’a pas répondu. Rien n’a été prélevé" in page.text
    assert an_order(buyer.offer).id != order.id


def test_keys_that_may_not_sell_are_refused_at_once() -> None:
    merchant = a_merchant(keys=False)
    paypal.knows_keys("no-scope", "secret", scopes=["openid"])
    has_keys(merchant, "no-scope", "secret")
    buyer = Buyer(an_offer(a_product(merchant)))
    order = created(an_order(buyer.offer))
    assert (order.state, order.problem) == (OrderState.REFUSED, Problem.PERMISSION)
    assert "n’accepte pas d’abonnement" in buyer.open(buyer.page_of(order)).text
    assert subscriptions_of(buyer.offer) == []


def test_an_order_is_not_sent_to_another_account() -> None:
    order = an_order()
    paypal.knows_keys("changed-app", "changed-secret")
    has_keys(merchant_of(order), "changed-app", "changed-secret")
    assert created(order).problem == Problem.KEYS_CHANGED


def test_a_worker_that_died_leaves_an_order_that_another_takes_up() -> None:
    order = an_order()
    in_app(_lease)(order)
    assert created(order).state == OrderState.OPEN
    run_schedule(release_own_leases)
    assert created(order).state == OrderState.AWAITING
    run_schedule(take_up)


def _lease(order: Order) -> None:
    row = db.session.get_one(Order, order.id)
    name = current_app.config["SETTINGS"].worker_name
    row.lease_holder, row.lease_until = f"{name}:1", now() + timedelta(minutes=4)
    db.session.commit()


def test_ended_before_the_customer_agreed_it_never_opens() -> None:
    order = created(an_order())
    subscription = subscription_of(order)
    in_app(_end)(subscription)
    the_minute_passes()
    assert fresh(order).state == OrderState.LAPSED


def test_who_agreed_while_it_was_being_cancelled_is_told_of_the_end_and_not_of_a_beginning() -> None:
    """PayPal had charged before Kooneo looked: the payment waits in "À traiter" to be given back."""
    buyer = Buyer(an_offer())
    order = created(buyer.orders())
    subscription = subscription_of(order)
    change = ask(subscription, "cancel", notify=False)
    decides(order)
    change = attempt(change)
    assert (change.state, paypal.status(str(subscription.paypal_id))) == (ChangeState.DONE, "CANCELLED")
    the_minute_passes()
    assert fresh(order).state == OrderState.LAPSED
    assert [letter.kind for letter in outbox(subscription)] == [MailKind.ENDED_CUSTOMER]
    catch_up_with_payments(subscription)
    (payment,) = payments_of(subscription)
    assert payment.at <= (fresh(subscription).ended_at or now())
    owner = signed_in(a_member(merchant_of(subscription)))
    (matter,) = owner.open("/attention").find_all("article", cls="attention")
    assert matter["id"] == f"payment-{payment.id}"
    assert "Votre abonnement a commencé" not in buyer.open(buyer.page_of(order)).text


def test_nothing_is_confirmed_while_an_end_is_under_way() -> None:
    order = created(an_order())
    subscription = subscription_of(order)
    change = ask(subscription, "cancel")
    decides(order)
    paypal.fails(str(subscription.paypal_id), "cancel", "503")
    attempt(change)
    the_minute_passes()
    assert (fresh(order).state, outbox(subscription)) == (OrderState.AWAITING, [])
    try_until_settled(change)
    the_minute_passes()
    assert fresh(order).state == OrderState.LAPSED


def _end(subscription: Subscription) -> None:
    become(db.session.get_one(Subscription, subscription.id), SubscriptionStatus.CANCELLED, at=now())
    db.session.commit()


# --- twice


def test_who_pays_already_is_told_before_paying_twice() -> None:
    subscription = a_subscription()
    visitor = at_home(customer_of(subscription))
    offer = an_offer(*_products(subscription))
    page = visitor.at(f"offers/{offer.slug}")
    assert visitor.get(page).status_code == 409
    assert "Vous avez déjà cet abonnement" in visitor.page.text
    assert visitor.post(page, PERSON | {"key": "a-key"}).status_code == 409
    assert orders_of(offer) == []


def test_a_stranger_is_not_told_and_the_owner_of_the_address_is() -> None:
    subscription = a_subscription()
    offer = an_offer(*_products(subscription))
    buyer = Buyer(offer)
    order = created(buyer.orders(email=customer_of(subscription).email))
    assert order.state == OrderState.AWAITING
    assert "déjà" not in buyer.open(buyer.page_of(order)).text
    (letter,) = outbox(subscription)
    assert (letter.kind, letter.recipient) == (MailKind.ALREADY_SUBSCRIBED, customer_of(subscription).email)


@in_app
def _products(subscription: Subscription) -> list[Product]:
    return list(complete(subscription).offer.products)
