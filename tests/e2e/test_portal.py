"""A customer comes in with a code, sees what is theirs, ends it alone, and keeps the proof."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from support import builders

from . import steps
from .stack import Stack, until

END, CONFIRM = "Résilier votre contrat", "Confirmer la résiliation"


def test_in_with_the_code_and_out_again(page: Page, stack: Stack) -> None:
    customer = builders.a_customer()
    subscription = builders.a_subscription(customer, after_cancellation="closed")
    steps.enter_the_portal_by_a_code(page, stack, customer)
    contract = page.locator(f"#subscription-{subscription.id}")
    expect(contract.locator(".badge")).to_have_text("En cours")
    expect(contract.locator('[data-access="open"]')).to_have_count(2)
    home = page.url

    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("heading", name="Votre espace client")).to_be_visible()
    page.goto(home)
    expect(page.get_by_role("heading", name="Votre espace client")).to_be_visible()
    assert page.evaluate("window.violations") == []


def test_the_merchant_allows_it_and_the_customer_ends_alone(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription(after_cancellation="closed")
    customer, merchant = builders.customer_of(subscription), builders.merchant_of(subscription)
    office = page.context.new_page()
    steps.sign_in(office, stack, merchant)
    office.goto(f"{stack.url}/settings/portal")
    office.get_by_role("checkbox", name="Autoriser mes clients").check()
    office.get_by_role("button", name="Enregistrer").click()
    expect(office.get_by_text("sont enregistrés")).to_be_visible()

    steps.enter_the_portal(page, stack, customer)
    page.get_by_role("link", name=END).click()  # one
    page.get_by_label("Motif").select_option("Trop cher")  # two
    page.get_by_role("button", name=CONFIRM).click()  # three
    expect(page.get_by_role("heading", name="Votre contrat a pris fin")).to_be_visible(timeout=steps.ANSWER_MS)
    reference = page.locator(".proof-moment strong").inner_text()
    assert page.evaluate("window.violations") == []
    _prints_on_one_page(page, subscription, reference)

    letters = page.context.new_page()

    def proven() -> bool:
        letters.goto(f"{stack.url}/dev/mailbox")
        mine = letters.locator(".letters > li", has_text=customer.email)
        return mine.filter(has_text=reference).count() == 1 and mine.filter(has_text="est annulé").count() == 1

    until(proven, "the acknowledgement and the confirmation arrive, once each")

    card = steps.open_record(office, stack, subscription)
    steps.has_status(card, "cancelled", "Annulé")
    expect(card).to_contain_text("Trop cher")
    card.locator(".history > summary").click()
    expect(card.locator(".history-list")).to_contain_text(f"{customer.name} · PayPal a répondu")

    page.get_by_role("link", name="Mes contenus").click()
    expect(page.locator("[data-access='open']")).to_have_count(0)


def _prints_on_one_page(page: Page, subscription: builders.Subscription, reference: str) -> None:
    """With reference, date and effects, and without what is of use on a screen only."""
    assert len(re.findall(rb"/Type /Page\b", page.pdf(format="A4"))) == 1
    page.emulate_media(media="print")
    expect(page.locator(".proof dd strong time")).to_have_text(re.compile(r"^[0-9]{1,2}(er)? \w+ 20[0-9]{2}$"))
    for said in (reference, "se ferme", "Plus rien n’est prélevé", subscription.paypal_id or "", "Date souhaitée"):
        expect(page.get_by_text(said).first).to_be_visible()
    for gone in (page.get_by_role("navigation"), page.get_by_role("button"), page.get_by_role("link")):
        assert not [each for each in gone.all() if each.is_visible()]
    page.emulate_media(media="screen")


@pytest.mark.usefixtures("app")
def test_by_keyboard_at_320_px_without_a_script_a_kept_content_stays(stack: Stack, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = context.new_page()
    subscription = builders.a_subscription(after_cancellation="unlocked")
    builders.lets_customers_cancel(builders.merchant_of(subscription))
    customer = builders.customer_of(subscription)
    page.goto(f"{stack.url}/portal/{builders.merchant_of(subscription).slug}/login")
    _type(page, "Adresse e-mail", customer.email)
    expect(page.get_by_role("heading", name="Tapez le code reçu")).to_be_visible()
    _type(page, "Code à six chiffres", steps.code_in_the_mailbox(page, stack, customer))
    expect(page.get_by_role("heading", name="Mes abonnements")).to_be_visible()
    _press(page, "link", END)
    _press(page, "button", CONFIRM)
    expect(page.locator("h1")).to_be_visible(timeout=steps.ANSWER_MS)

    def ended() -> bool:
        page.reload()
        return page.locator("h1").inner_text() == "Votre contrat a pris fin"

    until(ended, "PayPal confirms")
    expect(page.get_by_role("button", name="Imprimer")).to_have_count(0)  # it would do nothing
    _press(page, "link", "Mes contenus")
    expect(page.locator("[data-access='open']")).to_have_count(2)
    _press(page, "link", "Premiers pas")
    expect(page.locator("h1")).to_have_text("Premiers pas")
    context.close()


def _press(page: Page, role: str, name: str) -> None:
    _tab_to(page, page.get_by_role(role, name=name).first)  # type: ignore[arg-type]
    page.keyboard.press("Enter")


def _type(page: Page, label: str, text: str) -> None:
    _tab_to(page, page.get_by_label(label))
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def _tab_to(page: Page, wanted: Locator) -> None:
    """With the Tab key alone."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached with the Tab key")
