"""What pages say of a tacit renewal, in every state."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from support import builders, renewals
from support.builders import Subscription

from . import steps
from .stack import Stack


def _renewed_without_a_notice() -> Subscription:
    subscription = builders.a_subscription(commitment_cycles=12, days=380)
    builders.lets_customers_cancel(builders.merchant_of(subscription))
    renewals.a_missed_notice(subscription)
    return subscription


def renewal_on_the_card(page: Page, stack: Stack) -> None:
    card = steps.signed_in_record(page, stack, _renewed_without_a_notice())
    expect(card).to_contain_text("le client peut mettre fin au contrat à tout moment")


def renewal_in_the_portal(page: Page, stack: Stack) -> None:
    subscription = _renewed_without_a_notice()
    steps.enter_the_portal(page, stack, builders.customer_of(subscription))
    expect(steps.card_of(page, subscription)).to_contain_text("vous pouvez y mettre fin à tout moment")


def renewal_before_the_end(page: Page, stack: Stack) -> None:
    renewal_in_the_portal(page, stack)
    page.get_by_role("link", name="Résilier votre contrat", exact=True).first.click()
    expect(page.locator("main")).to_contain_text("vous pouvez y mettre fin à tout moment, sans frais")


STATES: list[Callable[[Page, Stack], None]] = [renewal_on_the_card, renewal_in_the_portal, renewal_before_the_end]
