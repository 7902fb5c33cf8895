"""What a person does and sees, as verbs."""

from playwright.sync_api import Locator, Page, expect
from support import builders
from support.browser import signed_in

from kooneo.accounts.models import Merchant, Role, TeamMember
from kooneo.subscriptions.models import Subscription

from .stack import Stack

CANCEL, COMPLETE, ABANDON = "Annuler l’abonnement", "Marquer comme finalisé", "Indiquer comme abandonné"
# PayPal may hang: the page must have answered by then, whatever happens.
ANSWER_MS = 12_000


def sign_in(
    page: Page, stack: Stack, merchant: Merchant, *, name: str = "Nora Petit", role: Role = Role.OWNER
) -> TeamMember:
    """The browser has the cookie of a new member's session. A journey of its own goes through the form."""
    member = builders.a_member(merchant, name=name, role=role)
    cookie = signed_in(member).session_cookie()
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": stack.url}])
    return member


def open_customers(page: Page, stack: Stack, merchant: Merchant) -> None:
    """Signed in, on the page that comes first."""
    sign_in(page, stack, merchant)
    page.goto(f"{stack.url}/customers")


def open_record(page: Page, stack: Stack, subscription: Subscription) -> Locator:
    """The record, and on it the card of this subscription. Marks the page, so that a reload can be told."""
    page.goto(f"{stack.url}/customers/{subscription.customer_id}/subscriptions")
    page.evaluate("window.stayed = true")
    return card_of(page, subscription)


def card_of(page: Page, subscription: Subscription) -> Locator:
    return page.locator(f"#subscription-{subscription.id}")


def signed_in_record(page: Page, stack: Stack, subscription: Subscription) -> Locator:
    sign_in(page, stack, builders.merchant_of(subscription))
    return open_record(page, stack, subscription)


def ask(page: Page, card: Locator, label: str, *, reason: str = "") -> None:
    """Open the dialog, say why, confirm."""
    card.get_by_role("link", name=label).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    if reason:
        dialog.get_by_label("Motif").fill(reason)
    dialog.get_by_role("button", name=label).click()


def has_status(card: Locator, code: str, label: str) -> None:
    expect(card).to_have_attribute("data-status", code, timeout=ANSWER_MS)
    expect(card.locator(".badge")).to_have_text(label)


def access(card: Locator) -> dict[str, str]:
    """Each content's title, and `open` or `closed`."""
    lines = card.locator(".access-list > li")
    return {line.locator(".access-name").inner_text(): line.get_attribute("data-access") or "" for line in lines.all()}


def did_not_reload(page: Page) -> bool:
    return bool(page.evaluate("window.stayed === true"))


def announcements(page: Page) -> list[str]:
    """What the live region has said, without what it says while PayPal is asked."""
    return [text for text in page.evaluate("window.said") if "Envoi" not in text and "Enregistrement" not in text]
