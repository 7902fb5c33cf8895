"""What a person sees when PayPal refuses, hangs, or has acted already."""

from playwright.sync_api import Page, expect
from support import builders, paypal

from . import steps
from .stack import Stack, until


def test_a_refusal_says_why_and_what_to_do_and_changes_nothing(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "403", times=0)
    card = steps.signed_in_record(page, stack, subscription)
    before = steps.access(card)
    steps.ask(page, card, steps.CANCEL)
    expect(card).to_have_attribute("data-change", "refused", timeout=steps.ANSWER_MS)
    steps.has_status(card, "active", "En cours")
    expect(card).to_contain_text("PayPal a refusé l’opération")
    expect(card).to_contain_text("Le statut n’a pas été modifié.")
    expect(card).to_be_focused()
    assert steps.access(card) == before
    expect(card.get_by_role("link", name=steps.CANCEL)).to_be_visible()


def test_paypal_hangs_and_the_card_settles_later_without_a_click(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription(after_cancellation="closed")
    paypal.fails(subscription.paypal_id, "cancel", "timeout_applied", seconds=30)
    card = steps.signed_in_record(page, stack, subscription)
    steps.ask(page, card, steps.CANCEL)

    expect(card.locator(".mark")).to_have_text("En attente de PayPal", timeout=steps.ANSWER_MS)
    steps.has_status(card, "active", "En cours")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Produits", exact=True).focus()

    expect(card).to_have_attribute("data-status", "cancelled", timeout=60_000)
    expect(card).to_have_attribute("data-change", "")
    expect(page.get_by_role("link", name="Produits", exact=True)).to_be_focused()
    said = steps.announcements(page)
    assert len(said) == 2, said
    assert "PayPal a confirmé" in said[1]
    assert paypal.cancellations(subscription.paypal_id) == 1
    assert steps.did_not_reload(page)
    expect(card.locator("[data-hx-trigger*=every]")).to_have_count(0)


def test_it_was_cancelled_at_paypal_already(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    paypal.change(subscription.paypal_id, status="CANCELLED")
    card = steps.signed_in_record(page, stack, subscription)
    steps.ask(page, card, steps.CANCEL)
    steps.has_status(card, "cancelled", "Annulé")
    expect(card).to_contain_text("Cet abonnement était déjà annulé chez PayPal")
    assert paypal.cancellations(subscription.paypal_id) == 0


def test_a_worker_killed_after_paypals_answer_settles_when_it_is_back(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "slow", seconds=2)
    card = steps.signed_in_record(page, stack, subscription)
    steps.ask(page, card, steps.CANCEL)
    until(lambda: paypal.cancellations(subscription.paypal_id) == 1, "PayPal was asked to cancel")
    paypal.fails(subscription.paypal_id, "get", "slow", seconds=30)
    until(lambda: len(paypal.calls(subscription.paypal_id, "get")) == 2, "PayPal has answered and is looked at again")
    stack.kill_worker()
    expect(card.locator(".mark")).to_have_text("En attente de PayPal", timeout=steps.ANSWER_MS)
    paypal.heals()

    stack.start_worker()

    expect(card).to_have_attribute("data-status", "cancelled", timeout=60_000)
    assert paypal.cancellations(subscription.paypal_id) == 1


def test_when_a_person_is_needed_the_card_says_so_and_stops_asking(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "422", times=0, issue="USER_ACCOUNT_CLOSED")
    card = steps.signed_in_record(page, stack, subscription)
    steps.ask(page, card, steps.CANCEL)
    expect(card).to_have_attribute("data-change", "needs_attention", timeout=steps.ANSWER_MS)
    expect(card.locator(".mark")).to_have_text("À traiter")
    expect(card).not_to_have_attribute("data-waiting", "")
    expect(card.get_by_role("link", name=steps.CANCEL)).to_be_visible()
