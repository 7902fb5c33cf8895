"""À traiter: what needs a person, and the buttons that settle it."""

import pytest
from sqlalchemy import select
from support import paypal
from support.acting import ask, attempt, ended, journal_of, rewrite, verified
from support.browser import Browser, signed_in
from support.builders import a_member, a_merchant, a_refused_change, a_subscription, merchant_of
from support.html import Element
from support.running import fresh, in_app

from kooneo.accounts.models import Role
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import ChangeState, StatusChange, Subscription

pytestmark = pytest.mark.usefixtures("app")


def _browser(subscription: Subscription, role: Role = Role.OWNER) -> Browser:
    return signed_in(a_member(merchant_of(subscription), role=role))


def _matters(page: Element) -> list[Element]:
    return page.find_all("article", cls="attention")


def _buttons(matter: Element) -> list[str]:
    return [each.text for kind in ("button", "a") for each in matter.find_all(kind, cls="button")]


def test_nothing_to_do_says_so_and_counts_nothing() -> None:
    page = signed_in(a_member(a_merchant())).open("/attention")
    assert "Rien à traiter" in page.text
    assert not page.find_all("span", cls="count")


def test_a_refused_change_stands_there_until_somebody_gives_it_up() -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "403")
    ended(subscription, "cancel", reason="Déménagement")
    browser = _browser(subscription)
    page = browser.open("/attention")
    [matter] = _matters(page)
    assert "permission" in matter.text
    assert "Le prélèvement du" in matter.text
    assert page.find("span", cls="count").text == "1"
    giving_up = next(form["action"] for form in matter.find_all("form") if "giving-up" in form["action"])
    for _ in range(2):
        assert browser.post(giving_up).status_code == 303
    assert _matters(browser.open("/attention")) == []
    assert [event for event, *_ in journal_of(subscription)].count("subscription.cancel_given_up") == 1
    card = browser.open(f"/customers/{subscription.customer_id}/subscriptions")
    assert (
        "PayPal a refusé l"
        not in card.find("section", id=f"subscription-{subscription.id}").text.split("Historique")[0]
    )


def test_one_button_tries_again_with_the_same_wish() -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "403")
    _, refused = ended(subscription, "abandon", reason="Ne répond plus")
    browser = _browser(subscription)
    [matter] = _matters(browser.open("/attention"))
    form = next(form for form in matter.find_all("form") if "abandonment" in form["action"])
    fields = {field["name"]: field["value"] for field in form.find_all("input") if field["name"] != "csrf_token"}
    assert browser.post(form["action"], fields).status_code == 303
    assert _matters(browser.open("/attention")) == []
    again = next(
        change for change in _changes(subscription) if change.id != refused.id and change.state == ChangeState.OPEN
    )
    attempt(again)
    assert fresh(subscription).status == SubscriptionStatus.ABANDONED
    assert fresh(again).reason == "Ne répond plus"


@in_app
def _changes(subscription: Subscription) -> list[StatusChange]:
    return list(db.session.scalars(select(StatusChange).filter_by(subscription_id=subscription.id)))


def test_what_ended_by_another_way_needs_nobody_any_more() -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "403")
    ended(subscription, "cancel")
    paypal.change(subscription.paypal_id, status="CANCELLED")
    verified(subscription)
    assert _matters(_browser(subscription).open("/attention")) == []


def test_the_next_charge_comes_first_and_other_merchants_not_at_all() -> None:
    merchant = a_merchant()
    soon, late = a_subscription(merchant=merchant, days=29), a_subscription(merchant=merchant, days=2)
    for subscription in (late, soon, a_subscription()):
        a_refused_change(subscription)
    matters = _matters(signed_in(a_member(merchant)).open("/attention"))
    links = [matter.find("a")["href"] for matter in matters]
    assert [link.split("#")[1] for link in links] == [f"subscription-{soon.id}", f"subscription-{late.id}"]


def test_a_viewer_reads_and_has_no_buttons() -> None:
    subscription = a_subscription()
    a_refused_change(subscription)
    [matter] = _matters(_browser(subscription, Role.VIEWER).open("/attention"))
    assert _buttons(matter) == []


def test_only_the_owner_may_end_without_paypal() -> None:
    subscription = a_subscription()
    a_refused_change(subscription)
    [matter] = _matters(_browser(subscription, Role.MEMBER).open("/attention"))
    assert _buttons(matter) == ["Réessayer", "Renoncer"]
    member = _browser(subscription, Role.MEMBER)
    assert member.get(f"/subscriptions/{subscription.id}/unconfirmed-end").status_code == 403
    [matter] = _matters(_browser(subscription).open("/attention"))
    assert _buttons(matter) == ["Réessayer", "Renoncer", "Terminer sans PayPal"]


def test_an_end_without_paypal_says_so_until_paypal_confirms_it() -> None:
    subscription = a_subscription()
    a_refused_change(subscription, action="abandon", wished_status=SubscriptionStatus.ABANDONED)
    browser, path = _browser(subscription), f"/subscriptions/{subscription.id}/unconfirmed-end"
    page = browser.open(path)
    key = page.find("input", name="key")["value"]
    chosen = next(radio["value"] for radio in page.find_all("input", type="radio") if "checked" in radio.attributes)
    assert chosen == "abandon", "what was wished is proposed"
    wrong = browser.post(path, {"key": key, "action": chosen, "reason": "", "confirmation": "oui"})
    assert wrong.status_code == 422
    assert fresh(subscription).status == SubscriptionStatus.ACTIVE
    filled = {"key": key, "action": chosen, "reason": "Compte PayPal fermé", "confirmation": "terminer"}
    for _ in range(2):
        assert browser.post(path, filled).status_code == 303, "the same form twice is one end"
    assert browser.post(path, filled | {"reason": "Un autre"}).status_code == 409, (
        "and another one with its key is none"
    )
    here = fresh(subscription)
    assert (here.status, here.unconfirmed) == (SubscriptionStatus.ABANDONED, True)
    assert paypal.cancellations(subscription.paypal_id) == 0
    card = browser.open(f"/customers/{subscription.customer_id}/subscriptions").find(
        "section", id=f"subscription-{subscription.id}"
    )
    assert "Non confirmé par PayPal" in card.text
    assert _matters(browser.open("/attention")) == []
    assert journal_of(subscription)[-1] == ("subscription.abandoned_unconfirmed", "active", "abandoned")

    assert verified(subscription).check_problem == "charging"
    [matter] = _matters(browser.open("/attention"))
    assert "PayPal peut encore prélever" in matter.text
    paypal.change(subscription.paypal_id, status="CANCELLED")
    confirmed = verified(subscription)
    assert (confirmed.status, confirmed.unconfirmed, confirmed.check_problem) == (
        SubscriptionStatus.ABANDONED,
        False,
        None,
    )
    assert _matters(browser.open("/attention")) == []
    assert journal_of(subscription)[-1][0] == "subscription.end_confirmed"


@pytest.mark.parametrize("why", ["in force and reachable", "a change is open", "ended", "given up"])
def test_it_is_not_offered_while_paypal_can_be_asked(why: str) -> None:
    subscription = a_subscription(status="cancelled" if why == "ended" else "active")
    if why == "a change is open":
        ask(subscription, "cancel")
    if why == "given up":
        a_refused_change(subscription, given_up_at=now())
    browser, path = _browser(subscription), f"/subscriptions/{subscription.id}/unconfirmed-end"
    assert browser.get(path).status_code == 409
    posted = {"key": "k", "action": "cancel", "reason": "Parce que", "confirmation": "TERMINER"}
    assert browser.post(path, posted).status_code in (409, 422)
    assert fresh(subscription).status == subscription.status


def test_without_keys_at_all_an_owner_can_still_end_it() -> None:
    subscription = a_subscription(merchant=a_merchant(keys=False))
    browser = _browser(subscription)
    card = browser.open(f"/customers/{subscription.customer_id}/subscriptions")
    assert "Terminer sans PayPal" in card.text
    assert browser.get(f"/subscriptions/{subscription.id}/unconfirmed-end").status_code == 200


def test_a_correction_of_an_unconfirmed_end_does_not_claim_that_payments_have_stopped() -> None:
    subscription = a_subscription(status="cancelled")
    rewrite(subscription, unconfirmed=True)
    browser = _browser(subscription)
    assert "peut encore prélever" in browser.open(f"/subscriptions/{subscription.id}/abandonment").text
    ended(subscription, "abandon")
    assert fresh(subscription).unconfirmed
    card = browser.open(f"/customers/{subscription.customer_id}/subscriptions").text
    assert "Les paiements sont arrêtés" not in card
