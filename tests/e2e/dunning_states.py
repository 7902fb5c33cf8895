"""The pages that speak of payments that failed, in every state."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from support import builders, dunning
from support.acting import verified

from . import steps
from .stack import Stack


def failed_payments_settings(page: Page, stack: Stack) -> None:
    steps.sign_in(page, stack, builders.merchant_of(builders.a_subscription(status="past_due")))
    page.goto(f"{stack.url}/settings/failed-payments")
    expect(page.locator("#preview")).to_contain_text("Bonjour Alice")
    page.get_by_text("Quand l’accès se rouvre", exact=True).click()


def failed_payments_settings_off(page: Page, stack: Stack) -> None:
    steps.sign_in(page, stack, builders.a_merchant())
    page.goto(f"{stack.url}/settings/failed-payments")
    page.get_by_label("Prévenir mes clients").uncheck()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Kooneo ne prévient plus vos clients")).to_be_visible()


def record_of_a_suspension(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    dunning.cannot_pay(subscription, attempt=3)
    card = steps.signed_in_record(page, stack, verified(subscription))
    expect(card).to_contain_text("3 essais de prélèvement ont échoué")


def portal_of_a_failure(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    dunning.cannot_pay(subscription)
    steps.enter_the_portal(page, stack, builders.customer_of(verified(subscription)))
    expect(page.get_by_role("link", name="Vérifier mon moyen de paiement chez PayPal")).to_be_visible()


STATES: list[Callable[[Page, Stack], None]] = [
    *(failed_payments_settings, failed_payments_settings_off, record_of_a_suspension, portal_of_a_failure)
]
