"""PayPal does not get a payment: the customer is told, puts it right, and everybody sees it."""

from datetime import timedelta

from playwright.sync_api import Locator, Page, expect
from support import builders, dunning, winback

from kooneo.clock import now
from kooneo.quiet_hours import next_opening

from . import steps
from .stack import Stack

VERIFY, PUT_RIGHT = "Vérifier auprès de PayPal", "Vérifier mon moyen de paiement chez PayPal"


def test_a_payment_fails_and_is_put_right(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    merchant, customer = builders.merchant_of(subscription), builders.customer_of(subscription)
    card = steps.signed_in_record(page, stack, subscription)
    dunning.cannot_pay(subscription)
    _verified(card, "past_due", "En retard")
    page.reload()
    expect(card).to_contain_text("Un prélèvement a échoué le")
    expect(card).to_contain_text("Prochain essai de PayPal le")

    # At an hour that is not quiet.
    with winback.at(next_opening(now(), merchant.time_zone) + timedelta(minutes=1)):
        dunning.telling()
        assert len(dunning.arrived(subscription)) == 1
    page.reload()
    expect(card).to_contain_text("Client prévenu")
    page.goto(f"{stack.url}/dev/mailbox")
    page.locator(".letters > li", has_text=customer.email).get_by_role("link").click()
    letter = page.locator("pre.letter").inner_text()
    assert "Résilier votre contrat" in letter
    expect(page.frame_locator("iframe").get_by_role("link", name=PUT_RIGHT)).to_be_visible()

    steps.enter_the_portal(page, stack, customer)
    expect(page.locator(".contract-situation")).to_contain_text("Un prélèvement a échoué le")
    link = page.get_by_role("link", name=PUT_RIGHT)
    expect(link).to_have_attribute("href", "https://www.sandbox.paypal.com/myaccount/autopay/")
    assert str(link.get_attribute("href")) in letter

    card = steps.signed_in_record(page, stack, subscription)
    dunning.pays(subscription)
    _verified(card, "active", "En cours")
    page.reload()
    expect(card).not_to_contain_text("Client prévenu")
    assert page.evaluate("window.violations") == []


def _verified(card: Locator, code: str, label: str) -> None:
    card.get_by_role("button", name=VERIFY).click()
    steps.has_status(card, code, label)
