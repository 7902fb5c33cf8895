"""Ending a subscription in the three ways, with each rule of its product."""

import pytest
from playwright.sync_api import Page, expect
from support import builders, paypal

from . import steps
from .stack import Stack

OPEN_NOW = {"Premiers pas": "open", "Les couleurs": "open", "Le grand format": "closed"}
ALL_CLOSED = dict.fromkeys(OPEN_NOW, "closed")

WAYS = [
    (steps.CANCEL, "cancelled", "Annulé", "after_cancellation", "closed", ALL_CLOSED),
    (steps.CANCEL, "cancelled", "Annulé", "after_cancellation", "until_paid", OPEN_NOW),
    (steps.CANCEL, "cancelled", "Annulé", "after_cancellation", "unlocked", OPEN_NOW),
    (steps.ABANDON, "abandoned", "Abandonné", "after_cancellation", "closed", ALL_CLOSED),
    (steps.ABANDON, "abandoned", "Abandonné", "after_cancellation", "until_paid", OPEN_NOW),
    (steps.ABANDON, "abandoned", "Abandonné", "after_cancellation", "unlocked", OPEN_NOW),
    (steps.COMPLETE, "completed", "Finalisé", "after_completion", "closed", ALL_CLOSED),
    (steps.COMPLETE, "completed", "Finalisé", "after_completion", "open", OPEN_NOW),
]


@pytest.mark.parametrize(("action", "status", "label", "rule", "value", "access"), WAYS)
def test_the_badge_and_the_access_follow_from_what_paypal_confirmed(
    page: Page, stack: Stack, action: str, status: str, label: str, rule: str, value: str, access: dict[str, str]
) -> None:
    subscription = builders.a_subscription(**{rule: value})
    card = steps.signed_in_record(page, stack, subscription)
    assert steps.access(card) == OPEN_NOW

    steps.ask(page, card, action)

    steps.has_status(card, status, label)
    assert steps.access(card) == access
    assert paypal.status(subscription.paypal_id) == "CANCELLED"
    assert paypal.cancellations(subscription.paypal_id) == 1
    expect(card).to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(card).to_contain_text("PayPal a confirmé l’arrêt des paiements")
    assert len(steps.announcements(page)) == 1
    assert steps.did_not_reload(page)


def test_the_dialog_says_what_will_happen_before_it_happens(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription(after_cancellation="until_paid")
    card = steps.signed_in_record(page, stack, subscription)
    card.get_by_role("link", name=steps.CANCEL).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_be_focused()
    expect(dialog).to_contain_text("PayPal n’effectuera plus aucun prélèvement")
    effects = dict(zip(*[iter(dialog.locator(".effect-list span").all_inner_texts())] * 2, strict=True))
    assert effects["Premiers pas"].startswith("se ferme le ")
    assert effects["Le grand format"] == "ne s’ouvrira pas"

    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(card.get_by_role("link", name=steps.CANCEL)).to_be_focused()
    assert paypal.cancellations(subscription.paypal_id) == 0


def test_another_card_that_gave_access_tells_what_is_left(page: Page, stack: Stack) -> None:
    first = builders.a_subscription(after_cancellation="closed", days=40)
    customer = builders.customer_of(first)
    second = builders.a_subscription(customer, offer=builders.offer_of(first), status="suspended")
    card = steps.signed_in_record(page, stack, first)
    other = steps.card_of(page, second)
    assert steps.access(other)["Premiers pas"] == "open"

    steps.ask(page, card, steps.CANCEL)

    steps.has_status(card, "cancelled", "Annulé")
    expect(other.locator(".access-list > li").first).to_have_attribute("data-access", "closed")


def test_finalising_an_endless_membership_stops_paypal(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription(total_cycles=None, after_completion="open")
    card = steps.signed_in_record(page, stack, subscription)
    steps.ask(page, card, steps.COMPLETE)
    steps.has_status(card, "completed", "Finalisé")
    assert paypal.status(subscription.paypal_id) == "CANCELLED"


def test_a_pending_one_is_ended_here_without_a_cancel_at_paypal(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription(status="pending")
    card = steps.signed_in_record(page, stack, subscription)
    expect(card.get_by_role("link", name=steps.COMPLETE)).to_have_count(0)
    steps.ask(page, card, steps.CANCEL)
    steps.has_status(card, "cancelled", "Annulé")
    expect(card).to_contain_text("PayPal n’avait rien à arrêter")
    assert paypal.cancellations(subscription.paypal_id) == 0


def test_cancelled_and_abandoned_are_exchanged_without_a_call_to_paypal(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription(status="cancelled", after_cancellation="unlocked")
    card = steps.signed_in_record(page, stack, subscription)
    before = steps.access(card)
    steps.ask(page, card, steps.ABANDON)
    steps.has_status(card, "abandoned", "Abandonné")
    steps.ask(page, card, steps.CANCEL)
    steps.has_status(card, "cancelled", "Annulé")
    assert steps.access(card) == before
    assert paypal.calls(subscription.paypal_id) == []


def test_a_manual_one_needs_no_paypal(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription(gateway=builders.Gateway.MANUAL)
    card = steps.signed_in_record(page, stack, subscription)
    steps.ask(page, card, steps.COMPLETE)
    steps.has_status(card, "completed", "Finalisé")
    expect(card).to_contain_text("payé hors de PayPal")
