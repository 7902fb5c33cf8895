"""Somebody subscribes, opens the content, ends it, and takes it up again."""

import pytest
from playwright.sync_api import Page, expect
from support import builders

from kooneo.customers.models import Customer

from . import steps
from .stack import Stack, until


@pytest.mark.usefixtures("app")
def test_from_the_order_to_the_content_and_back_again(anyone: Page, stack: Stack) -> None:
    page, offer = anyone, builders.an_offer(total_cycles=12)
    merchant = builders.merchant_of(offer)
    builders.lets_customers_cancel(merchant)
    email = steps.order(page, stack, offer)
    page.get_by_role("button", name="Accepter").click()
    _subscribed(page)

    customer = builders.customer_with(merchant, email)
    page.get_by_role("link", name="Ouvrir mes contenus").click()
    _sign_in(page, stack, customer)
    expect(page.locator("[data-access='open']")).to_have_count(1)

    page.get_by_role("link", name="Mes abonnements").click()
    page.get_by_role("link", name="Résilier votre contrat", exact=True).click()
    page.get_by_role("button", name="Confirmer la résiliation").click()

    def ended() -> bool:
        page.goto(f"{stack.url}/portal/{merchant.slug}/subscriptions")
        return page.locator("[data-status='cancelled']").count() == 1

    until(ended, "PayPal confirms the end")
    page.get_by_role("link", name="Reprendre mon abonnement").click()
    expect(page.get_by_text("11 paiements")).to_be_visible()
    page.get_by_role("button", name="Reprendre mon abonnement").click()
    _at_paypal(page)
    page.get_by_role("button", name="Accepter").click()
    _subscribed(page)
    page.goto(f"{stack.url}/portal/{merchant.slug}/subscriptions")
    expect(page.locator("[data-status='active']")).to_have_count(1)
    expect(page.locator("[data-status='cancelled']")).to_contain_text("Vous l’avez repris")


def _subscribed(page: Page) -> None:
    """The page changes by itself, with and without a script."""
    expect(page.get_by_role("heading", name="Votre abonnement a commencé")).to_be_visible(timeout=30_000)


def _at_paypal(page: Page) -> None:
    expect(page.get_by_role("heading", name="Simulateur PayPal")).to_be_visible(timeout=steps.ANSWER_MS)


def _sign_in(page: Page, stack: Stack, customer: Customer) -> None:
    page.get_by_label("Adresse e-mail").fill(customer.email)
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_label("Code à six chiffres").fill(steps.code_in_the_mailbox(page, stack, customer))
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name="Mes contenus"), "what was asked for before").to_be_visible()
