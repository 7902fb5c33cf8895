"""Ending without an account, in a browser, without script."""

from playwright.sync_api import BrowserContext, expect
from support import builders, paypal

from . import steps
from .stack import Stack, until


def test_a_contract_is_ended_without_an_account_by_the_link_on_file(
    without_script: BrowserContext, stack: Stack
) -> None:
    subscription = builders.a_subscription()
    merchant, customer = builders.merchant_of(subscription), builders.customer_of(subscription)
    builders.lets_customers_cancel(merchant)
    page = without_script.new_page()
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{stack.url}/portal/{merchant.slug}/login")
    page.get_by_role("link", name="Résilier votre contrat").click()
    page.get_by_label("Nom et prénom").fill(customer.name)
    page.get_by_label("Adresse e-mail").fill(customer.email)
    page.get_by_role("button", name="Relire ma demande").click()
    page.get_by_role("button", name="Confirmer la résiliation").click()
    expect(page.get_by_text("Votre demande est enregistrée.")).to_be_visible()
    assert paypal.status(subscription.paypal_id) == "ACTIVE"

    page.goto(steps.declaration_link_in_the_mailbox(page, stack, customer))
    page.get_by_role("button", name="Confirmer la résiliation").click()

    def ended() -> bool:
        page.reload()
        return page.get_by_text("Votre contrat a pris fin le").count() > 0

    until(ended, "the contract has ended")
    assert paypal.status(subscription.paypal_id) == "CANCELLED"
