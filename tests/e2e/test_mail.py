"""The customer is told of an end, when the merchant wishes it: read in the demo's mailbox."""

from playwright.sync_api import Page, expect
from support import builders

from . import steps
from .stack import Stack, until


def _messages(page: Page, stack: Stack, address: str) -> int:
    page.goto(f"{stack.url}/dev/mailbox")
    return page.locator(".letters > li", has_text=address).count()


def test_the_customer_is_told_once_and_only_if_the_box_is_ticked(page: Page, stack: Stack) -> None:
    merchant = builders.a_merchant("Lumiere")
    told, untold = builders.a_customer(merchant), builders.a_customer(merchant)
    offer = builders.an_offer(builders.a_product(merchant, after_cancellation="until_paid"))
    quiet = builders.a_subscription(untold, offer=offer)
    card = steps.signed_in_record(page, stack, quiet)
    card.get_by_role("link", name=steps.CANCEL).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label(f"Prévenir {untold.name} par e-mail")).to_be_checked()
    dialog.get_by_label(f"Prévenir {untold.name} par e-mail").uncheck()
    dialog.get_by_role("button", name=steps.CANCEL).click()
    steps.has_status(card, "cancelled", "Annulé")

    subscription = builders.a_subscription(told, offer=offer)
    card = steps.open_record(page, stack, subscription)
    card.get_by_role("link", name=steps.CANCEL).click()
    dialog.get_by_text("Lire l’e-mail").click()
    promised = dialog.locator(".letter").inner_text()
    assert "Premiers pas" in promised
    dialog.get_by_role("button", name=steps.CANCEL).click()
    steps.has_status(card, "cancelled", "Annulé")

    until(lambda: _messages(page, stack, told.email) > 0, "the message arrives")
    assert _messages(page, stack, told.email) == 1
    assert _messages(page, stack, untold.email) == 0
    page.locator(".letters > li", has_text=told.email).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("est annulé")
    text = page.locator("pre.letter").inner_text()
    assert text.split() == promised.split()[-len(text.split()) :], "what was shown is what was sent"
    expect(page.frame_locator(".letter-frame").get_by_text("aucun prélèvement n’aura plus lieu")).to_be_visible()
    assert page.evaluate("window.violations") == []
