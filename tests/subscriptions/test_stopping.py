""" "Arrêter les prélèvements": what has ended here and still runs at PayPal is cancelled there, and its status stays."""

import pytest
from support import paypal
from support.acting import ask, attempt, changes_of, ended, journal_of, try_until_settled, verified
from support.browser import signed_in
from support.builders import a_member, a_merchant, a_subscription, merchant_of
from support.html import Element
from support.running import fresh

from kooneo.subscriptions.lifecycle import ENDED, Action, AtPayPal, NotAllowed, Standing, SubscriptionStatus, transition
from kooneo.subscriptions.models import ChangeState, Subscription

pytestmark = pytest.mark.usefixtures("app")


def _charging(status: str = "cancelled", *, at_paypal: str = "ACTIVE") -> Subscription:
    """Ended here, in force at PayPal, and found to be so."""
    subscription = a_subscription(status=status, at_paypal={"status": at_paypal})
    found = verified(subscription)
    assert found.check_problem == "charging"
    return found


def _matters(subscription: Subscription) -> list[Element]:
    return signed_in(a_member(merchant_of(subscription))).open("/attention").find_all("article", cls="attention")


@pytest.mark.parametrize("status", ENDED)
def test_the_table_stops_what_charges_and_keeps_the_status(status: SubscriptionStatus) -> None:
    step = transition(Action.STOP, Standing(status, charging=True))
    assert (step.target, step.at_paypal) == (status, AtPayPal.CANCEL)
    with pytest.raises(NotAllowed):
        transition(Action.STOP, Standing(status))


@pytest.mark.parametrize("status", ENDED)
@pytest.mark.parametrize("at_paypal", ["ACTIVE", "SUSPENDED"])
def test_paypal_is_told_and_the_record_keeps_its_status(status: str, at_paypal: str) -> None:
    before = _charging(status, at_paypal=at_paypal)
    after, change = ended(before, "stop", reason="Vu ce matin")
    assert (change.state, change.to_status, after.status, after.check_problem) == (
        ChangeState.DONE,
        status,
        status,
        None,
    )
    assert (after.ended_at, after.open_at_end) == (before.ended_at, before.open_at_end)
    assert paypal.status(after.paypal_id) == "CANCELLED"
    assert journal_of(after) == [
        ("subscription.stop_requested", status, None),
        ("subscription.stopped", status, status),
    ]


def test_paypals_own_end_in_between_leaves_the_status_too() -> None:
    subscription = _charging("abandoned")
    paypal.change(subscription.paypal_id, status="EXPIRED")
    after, change = ended(subscription, "stop")
    assert (after.status, change.already_done, after.check_problem) == ("abandoned", True, None)
    assert paypal.cancellations(after.paypal_id) == 0


def test_a_refusal_leaves_it_in_the_list_and_says_why() -> None:
    subscription = _charging()
    paypal.fails(subscription.paypal_id, "cancel", "403")
    after, change = ended(subscription, "stop")
    assert (change.state, after.check_problem) == (ChangeState.REFUSED, "charging")
    [matter] = _matters(subscription)
    assert "permission" in matter.text
    assert "PayPal peut encore prélever" in matter.text
    assert "Arrêter les prélèvements" in matter.text


@pytest.mark.parametrize("kind", ["500_applied", "503", "reset_after"])
def test_a_silence_is_followed_up_and_nothing_is_told_twice(kind: str) -> None:
    subscription = _charging()
    paypal.fails(subscription.paypal_id, "cancel", kind)
    change = try_until_settled(ask(subscription, "stop"))
    assert (change.state, fresh(subscription).status) == (ChangeState.DONE, "cancelled")
    assert paypal.status(subscription.paypal_id) == "CANCELLED"
    assert paypal.cancellations(subscription.paypal_id) == (2 if kind == "503" else 1)


def test_from_the_list_to_the_dialog_and_back() -> None:
    subscription = _charging("completed")
    browser = signed_in(a_member(merchant_of(subscription)))
    [matter] = browser.open("/attention").find_all("article", cls="attention")
    path = next(link["href"] for link in matter.find_all("a") if link["href"].endswith("/stop"))
    page = browser.open(path)
    assert "PayPal n’effectuera plus aucun prélèvement." in page.text
    assert "Aucun e-mail n’est envoyé." in page.text
    key = page.find("input", name="change_key")["value"]
    for _ in range(2):
        assert browser.post(path, {"change_key": key, "reason": ""}).status_code == 303
    assert browser.open("/attention").find_all("article", cls="attention") == [], (
        "it waits for PayPal, not for a person"
    )
    record = f"/customers/{subscription.customer_id}/subscriptions"
    card = browser.open(record).find("section", id=f"subscription-{subscription.id}")
    assert card["data-change"] == "open"
    attempt(changes_of(subscription)[0])
    card = browser.open(record).find("section", id=f"subscription-{subscription.id}")
    assert (card["data-change"], card["data-status"]) == ("", "completed")
    assert "toujours en cours chez PayPal" not in card.text
    assert "Prélèvements arrêtés" in card.text
    assert browser.get(path).status_code == 409


def test_the_card_has_the_button_only_while_paypal_charges() -> None:
    merchant = a_merchant()
    quiet = a_subscription(merchant=merchant, status="cancelled")
    charging = _charging()
    for subscription, there in ((charging, True), (quiet, False)):
        browser = signed_in(a_member(merchant_of(subscription)))
        card = browser.open(f"/customers/{subscription.customer_id}/subscriptions")
        assert ("Arrêter les prélèvements" in [link.text for link in card.find_all("a")]) is there
        assert ("Les paiements sont arrêtés" in card.text) is not there
    dialog = signed_in(a_member(merchant_of(charging))).open(f"/subscriptions/{charging.id}/abandonment")
    assert "peut encore prélever" in dialog.text, "another end is only a word here"
