"""Pause and go on, correct a status, look at PayPal: on the record, with PayPal working and failing."""

from datetime import timedelta

from playwright.sync_api import Page, expect
from support import builders, paypal

from kooneo.clock import local_date, now

from . import steps
from .stack import Stack

PAUSE, REACTIVATE, CORRECT = "Mettre en pause", "Reprendre les paiements", "Corriger le statut"
VERIFY, REOPEN = "Vérifier auprès de PayPal", "Rouvrir l’abonnement"


def test_a_pause_with_its_end_and_the_payments_going_on(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    card = steps.signed_in_record(page, stack, subscription)
    card.get_by_role("link", name=PAUSE).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("PayPal suspend les prélèvements")
    day = local_date(now(), "Europe/Paris") + timedelta(days=10)
    dialog.get_by_label("Reprendre les paiements le").fill(day.isoformat())
    dialog.get_by_role("button", name=PAUSE).click()
    steps.has_status(card, "suspended", "Suspendu")
    expect(card).to_contain_text("Kooneo les reprendra le")
    assert set(steps.access(card).values()) == {"closed"}
    assert paypal.status(subscription.paypal_id) == "SUSPENDED"

    steps.ask(page, card, REACTIVATE)
    steps.has_status(card, "active", "En cours")
    expect(card).to_contain_text("Prochain prélèvement : le")
    assert paypal.status(subscription.paypal_id) == "ACTIVE"


def test_a_day_that_is_over_is_explained(page: Page, stack: Stack) -> None:
    card = steps.signed_in_record(page, stack, builders.a_subscription())
    card.get_by_role("link", name=PAUSE).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reprendre les paiements le").fill("2020-01-01")
    dialog.get_by_role("button", name=PAUSE).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Choisissez un jour à venir")
    expect(dialog.get_by_label("Reprendre les paiements le")).to_have_value("2020-01-01")


def test_paypals_own_suspension_is_explained_and_not_ended_here(page: Page, stack: Stack) -> None:
    card = steps.signed_in_record(page, stack, builders.a_subscription(status="suspended"))
    expect(card.get_by_role("link", name=REACTIVATE)).to_have_count(0)
    expect(card).to_contain_text("ouvrez-le dans votre compte PayPal")


def test_what_can_not_be_activated_has_its_sentence(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    card = steps.signed_in_record(page, stack, subscription)
    steps.ask(page, card, PAUSE)
    steps.has_status(card, "suspended", "Suspendu")
    paypal.fails(subscription.paypal_id, "activate", "422", issue="SUBSCRIPTION_CANNOT_BE_ACTIVATED")
    steps.ask(page, card, REACTIVATE)
    expect(card).to_have_attribute("data-change", "refused", timeout=steps.ANSWER_MS)
    expect(card).to_contain_text("PayPal ne peut pas reprendre les prélèvements")


def test_a_status_is_corrected_with_a_reason(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription(status="completed")
    card = steps.signed_in_record(page, stack, subscription)
    card.get_by_role("link", name=CORRECT).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Annulé").check()
    dialog.get_by_role("button", name=CORRECT).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Dites pourquoi")
    expect(dialog.get_by_label("Annulé")).to_be_checked()
    dialog.get_by_label("Motif").fill("Interrompu avant la fin")
    dialog.get_by_role("button", name=CORRECT).click()
    steps.has_status(card, "cancelled", "Annulé")
    assert paypal.calls(subscription.paypal_id) == []


def test_an_end_after_the_commitment_is_proposed_as_completed(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription(commitment_cycles=1, days=70)
    card = steps.signed_in_record(page, stack, subscription)
    card.get_by_role("link", name=steps.CANCEL).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("L’engagement est tenu")
    dialog.get_by_role("link", name=steps.COMPLETE).click()
    expect(dialog.get_by_role("button", name=steps.COMPLETE)).to_be_visible()
    dialog.get_by_role("button", name=steps.COMPLETE).click()
    steps.has_status(card, "completed", "Finalisé")


def test_a_look_at_paypal_brings_what_happened_there(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    card = steps.signed_in_record(page, stack, subscription)
    card.get_by_role("button", name=VERIFY).click()
    expect(card).to_contain_text("PayPal confirme : En cours", timeout=steps.ANSWER_MS)
    paypal.change(subscription.paypal_id, status="CANCELLED")
    card.get_by_role("button", name=VERIFY).click()
    steps.has_status(card, "cancelled", "Annulé")
    expect(card).to_be_focused()
    assert steps.did_not_reload(page)


def test_a_mistaken_end_of_a_manual_one_is_undone(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription(gateway=builders.Gateway.MANUAL)
    card = steps.signed_in_record(page, stack, subscription)
    steps.ask(page, card, steps.CANCEL)
    steps.has_status(card, "cancelled", "Annulé")
    steps.ask(page, card, REOPEN)
    steps.has_status(card, "active", "En cours")
