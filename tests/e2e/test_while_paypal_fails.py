"""PayPal answers nothing: what needs it waits and then happens, everything else goes on as on any day."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from support import acting, builders, paypal
from support.running import fresh

from kooneo.clock import local_date, now
from kooneo.subscriptions.lifecycle import Gateway
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services.resume import end_pauses

from . import steps
from .stack import Stack

WAITING = "En attente de PayPal"


def test_a_pause_and_its_end_wait_for_paypal(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    paypal.fails(subscription.paypal_id, "*", "503", times=0)
    card = steps.signed_in_record(page, stack, subscription)
    card.get_by_role("link", name="Mettre en pause").click()
    day = local_date(now(), "Europe/Paris") + timedelta(days=10)
    page.get_by_role("dialog").get_by_label("Reprendre les paiements le").fill(day.isoformat())
    page.get_by_role("dialog").get_by_role("button", name="Mettre en pause").click()
    _waits_as(card, "active", "En cours")
    paypal.heals()
    _settles_as(card, subscription, "suspended", "Suspendu")

    paypal.fails(subscription.paypal_id, "*", "503", times=0)
    acting.rewrite(fresh(subscription), resume_on=day - timedelta(days=10))
    acting.run_schedule(end_pauses)
    card = steps.open_record(page, stack, subscription)
    _waits_as(card, "suspended", "Suspendu")
    paypal.heals()
    _settles_as(card, subscription, "active", "En cours")


def _waits_as(card: Locator, code: str, label: str) -> None:
    expect(card.locator(".mark")).to_have_text(WAITING, timeout=steps.ANSWER_MS)
    steps.has_status(card, code, label)


def _settles_as(card: Locator, subscription: Subscription, code: str, label: str) -> None:
    expect(card).to_have_attribute("data-status", code, timeout=60_000)
    steps.has_status(card, code, label)
    assert paypal.status(subscription.paypal_id) == code.upper()


@pytest.fixture
def subscription() -> Subscription:
    """At a merchant for whose keys PayPal answers nothing at all."""
    product = builders.a_product(after_cancellation="closed")
    offer = builders.an_offer(product, title="Stage en 2 fois", total_cycles=2)
    ended = builders.a_subscription(offer=offer, status="cancelled")
    paypal.fails_for_keys(builders.client_id_of(builders.merchant_of(product)), "*", "503", times=0)
    return ended


def test_what_needs_no_paypal_goes_on(anyone: Page, stack: Stack, subscription: Subscription) -> None:
    page = anyone
    steps.sign_in(page, stack, builders.merchant_of(subscription))
    record = f"{stack.url}/customers/{subscription.customer_id}"
    page.goto(f"{record}/subscriptions")
    _corrects(page, steps.card_of(page, subscription))
    _pays_by_transfer_to_the_end(page)
    _gives_and_takes_an_access(page, record)
    _changes_the_rules_for_all(page, stack, subscription)
    _archives_the_offer(page, stack, subscription)


def _corrects(page: Page, card: Locator) -> None:
    card.get_by_role("link", name="Corriger le statut").click()
    page.get_by_label("Finalisé").check()
    page.get_by_label("Motif").fill("Les deux mensualités étaient payées")
    page.get_by_role("button", name="Corriger le statut").click()
    steps.has_status(card, "completed", "Finalisé")


def _pays_by_transfer_to_the_end(page: Page) -> None:
    page.get_by_role("link", name="Ajouter un abonnement payé hors de PayPal").click()
    page.get_by_label("Offre").select_option(index=1)
    page.get_by_role("button", name="Ajouter l’abonnement").click()
    card = page.locator(f"section[data-gateway={Gateway.MANUAL}]")
    for paid in ("1 mensualité sur 2", "2 mensualités sur 2"):
        card.get_by_role("link", name="Paiement reçu autrement").click()
        page.get_by_label("Montant reçu").fill("49,00")
        page.get_by_role("button", name="Enregistrer le paiement").click()
        expect(card).to_contain_text(paid)
    steps.has_status(card, "completed", "Finalisé")
    card.get_by_role("link", name="Rouvrir l’abonnement").click()
    page.get_by_role("button", name="Rouvrir l’abonnement").click()
    steps.has_status(card, "active", "En cours")


def _gives_and_takes_an_access(page: Page, record: str) -> None:
    page.goto(f"{record}/access")
    page.get_by_role("link", name="Donner un accès").click()
    page.get_by_role("checkbox", name=re.compile("^Tout")).check()
    page.get_by_label("Motif").fill("Geste commercial")
    page.get_by_role("button", name="Donner l’accès").click()
    expect(page.get_by_text("L’accès est donné.")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Retirer l’accès")).first.click()
    page.get_by_label("Motif").fill("Fin du geste")
    page.get_by_role("button", name="Retirer l’accès").click()
    expect(page.get_by_text("L’accès donné à la main est retiré.")).to_be_visible()


def _changes_the_rules_for_all(page: Page, stack: Stack, subscription: Subscription) -> None:
    page.goto(f"{stack.url}/products/{builders.product_of(subscription).id}/protected-content")
    page.get_by_role("radio", name=re.compile("^Laisser l’accès au contenu après la fin")).check()
    page.get_by_role("button", name="Enregistrer les règles").click()
    page.get_by_role("radio", name=re.compile("^Aussi ceux")).check()
    page.get_by_role("button", name="Enregistrer les règles").click()
    expect(page.get_by_text("Les règles sont enregistrées")).to_be_visible()


def _archives_the_offer(page: Page, stack: Stack, subscription: Subscription) -> None:
    page.goto(f"{stack.url}/products/{builders.product_of(subscription).id}")
    page.get_by_role("link", name="Modifier « Stage en 2 fois »").click()
    page.get_by_role("button", name="Archiver l’offre").click()
    expect(page.get_by_text("« Stage en 2 fois » est archivée")).to_be_visible()
