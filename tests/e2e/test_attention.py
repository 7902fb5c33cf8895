"""À traiter, in a browser: try again, give up, end without PayPal."""

from playwright.sync_api import Page, expect
from support import builders, paypal

from . import steps
from .stack import Stack


def test_what_paypal_refused_is_tried_again_given_up_or_ended_without_it(page: Page, stack: Stack) -> None:
    merchant = builders.a_merchant()
    retried, left, ended = (builders.a_subscription(merchant=merchant) for _ in range(3))
    for subscription in (retried, left, ended):
        builders.a_refused_change(subscription)
    steps.open_customers(page, stack, merchant)
    page.get_by_role("link", name="À traiter 3").click()
    expect(page.get_by_text("3 choses attendent une décision.")).to_be_visible()

    def matter(subscription: builders.Subscription) -> steps.Locator:
        return page.locator(".attention").filter(has=page.locator(f"a[href*='{subscription.id}']").first)

    matter(left).get_by_role("button", name="Renoncer").click()
    expect(matter(left)).to_have_count(0)
    matter(ended).get_by_role("link", name="Terminer sans PayPal").click()
    page.get_by_label("Motif").fill("Compte fermé par PayPal")
    page.get_by_label("Tapez TERMINER pour confirmer").fill("TERMINER")
    page.get_by_role("button", name="Terminer sans PayPal").click()
    card = steps.card_of(page, ended)
    steps.has_status(card, "cancelled", "Annulé")
    expect(card.locator(".mark").first).to_have_text("Non confirmé par PayPal")
    assert paypal.status(ended.paypal_id) == "ACTIVE"

    page.get_by_role("link", name="À traiter 1").click()
    matter(retried).get_by_role("button", name="Réessayer").click()
    steps.has_status(steps.card_of(page, retried), "cancelled", "Annulé")
    assert paypal.status(retried.paypal_id) == "CANCELLED"
    page.get_by_role("link", name="À traiter").click()
    expect(page.get_by_text("Rien à traiter")).to_be_visible()
