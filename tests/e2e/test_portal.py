"""A customer comes in with a code, sees what is theirs, and leaves."""

from playwright.sync_api import Page, expect
from support import builders

from . import steps
from .stack import Stack


def test_in_with_the_code_and_out_again(page: Page, stack: Stack) -> None:
    customer = builders.a_customer()
    subscription = builders.a_subscription(customer, after_cancellation="closed")
    steps.enter_the_portal(page, stack, customer)
    contract = page.locator(f"#subscription-{subscription.id}")
    expect(contract.locator(".badge")).to_have_text("En cours")
    expect(contract.locator('[data-access="open"]')).to_have_count(2)
    home = page.url

    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("heading", name="Votre espace client")).to_be_visible()
    page.goto(home)
    expect(page.get_by_role("heading", name="Votre espace client")).to_be_visible()
    assert page.evaluate("window.violations") == []
