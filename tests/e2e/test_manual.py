"""A subscription paid by transfer, from its beginning to its last instalment, with and without script."""

import pytest
from playwright.sync_api import Browser, Page, expect
from support import builders

from . import steps
from .stack import Stack


@pytest.mark.parametrize("script", [True, False])
def test_added_paid_and_finalised(page: Page, browser: Browser, stack: Stack, script: bool) -> None:
    merchant = builders.a_merchant()
    builders.an_offer(builders.a_product(merchant), title="Stage en 2 fois", total_cycles=2)
    customer = builders.a_customer(merchant)
    context = browser.new_context(locale="fr-FR", java_script_enabled=script)
    page = page if script else context.new_page()
    steps.sign_in(page, stack, merchant)
    page.goto(f"{stack.url}/customers/{customer.id}/subscriptions")
    page.get_by_role("link", name="Ajouter un abonnement payé hors de PayPal").click()
    page.get_by_role("button", name="Ajouter l’abonnement").click()
    expect(page.get_by_role("alert").first).to_contain_text("Choisissez une offre.")
    page.get_by_label("Offre").select_option(index=1)
    page.get_by_role("button", name="Ajouter l’abonnement").click()
    card = page.locator("section[data-gateway=manual]")
    steps.has_status(card, "active", "En cours")

    for paid in ("1 mensualité sur 2", "2 mensualités sur 2"):
        card.get_by_role("link", name="Paiement reçu autrement").click()
        page.get_by_label("Montant reçu").fill("beaucoup")
        page.get_by_role("button", name="Enregistrer le paiement").click()
        expect(page.get_by_role("alert").first).to_contain_text("Indiquez un montant")
        expect(page.get_by_label("Montant reçu")).to_have_value("beaucoup")
        page.get_by_label("Montant reçu").fill("49,00")
        page.get_by_role("button", name="Enregistrer le paiement").click()
        expect(card).to_contain_text(paid)
    steps.has_status(card, "completed", "Finalisé")
    context.close()
