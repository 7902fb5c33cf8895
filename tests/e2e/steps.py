"""What a person does and sees, as verbs."""

import re

from playwright.sync_api import Locator, Page, expect
from support import builders
from support.browser import signed_in
from support.portal_door import portal_cookie

from kooneo.accounts.models import Merchant, Role, TeamMember
from kooneo.catalog.models import Offer
from kooneo.customers.models import Customer
from kooneo.subscriptions.models import Subscription

from .stack import Stack, until

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


def ask_for_a_code(page: Page, stack: Stack, customer: Customer) -> None:
    """At the door of the customer's space; leaves the browser at the second step."""
    page.goto(f"{stack.url}/portal/{builders.merchant_of(customer).slug}/login")
    page.get_by_label("Adresse e-mail").fill(customer.email)
    page.get_by_role("button", name="Recevoir un code").click()
    expect(page.get_by_role("heading", name="Tapez le code reçu")).to_be_visible()


def code_in_the_mailbox(page: Page, stack: Stack, customer: Customer) -> str:
    """Read in a tab of its own, as people do."""
    tab = page.context.new_page()
    letter = tab.locator(".letters > li", has_text=customer.email).filter(has_text="Votre code")

    def arrived() -> bool:
        tab.goto(f"{stack.url}/dev/mailbox")
        return letter.count() > 0

    until(arrived, "the code arrives")
    letter.first.get_by_role("link").click()
    found = re.search(r"^[0-9]{6}$", tab.locator("pre.letter").inner_text(), re.MULTILINE)
    tab.close()
    assert found
    return found.group()


def declaration_link_in_the_mailbox(page: Page, stack: Stack, customer: Customer) -> str:
    """The address that makes a declaration count."""
    tab = page.context.new_page()
    letter = tab.locator(".letters > li", has_text=customer.email).filter(has_text="Confirmez votre")

    def arrived() -> bool:
        tab.goto(f"{stack.url}/dev/mailbox")
        return letter.count() > 0

    until(arrived, "the link arrives")
    letter.get_by_role("link").first.click()
    found = re.search(r"http\S+token=\S+", tab.locator("pre.letter").inner_text())
    tab.close()
    assert found
    return found.group()


def enter_the_portal(page: Page, stack: Stack, customer: Customer) -> None:
    """The browser has the cookie of a new session."""
    name, value = portal_cookie(customer)
    page.context.add_cookies([{"name": name, "value": value, "url": stack.url}])
    page.goto(f"{stack.url}/portal/{builders.merchant_of(customer).slug}/subscriptions")
    expect(page.get_by_role("heading", name="Mes abonnements")).to_be_visible()


def enter_the_portal_by_a_code(page: Page, stack: Stack, customer: Customer) -> None:
    ask_for_a_code(page, stack, customer)
    page.get_by_label("Code à six chiffres").fill(code_in_the_mailbox(page, stack, customer))
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name="Mes abonnements")).to_be_visible()


SUBSCRIBE = "S’abonner avec obligation de paiement"


def fill_in_an_order(page: Page, stack: Stack, offer: Offer) -> str:
    """Sent. Returns the address that it was placed with."""
    email = f"commande-{offer.id.hex[:12]}@client.test"
    page.goto(f"{stack.url}/portal/{builders.merchant_of(offer).slug}/offers/{offer.slug}")
    page.get_by_label("Prénom").fill("Léa")
    page.get_by_label("Nom", exact=True).fill("Bernard")
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_role("button", name=SUBSCRIBE).click()
    return email


def order(page: Page, stack: Stack, offer: Offer) -> str:
    """As far as PayPal's page."""
    email = fill_in_an_order(page, stack, offer)
    expect(page.get_by_role("heading", name="Simulateur PayPal")).to_be_visible(timeout=ANSWER_MS)
    return email


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
