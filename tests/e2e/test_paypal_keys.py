"""A new merchant brings the PayPal keys: wrong ones, those of the other environment, too weak ones, and then the right ones."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from support import builders
from support.keys import WITHOUT_SUBSCRIPTIONS, an_app

from . import steps
from .stack import Stack


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def scripted(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def page(page: Page, browser: Browser, scripted: bool) -> Iterator[Page]:
    context = browser.new_context(locale="fr-FR", java_script_enabled=False)
    yield page if scripted else context.new_page()
    context.close()


def _type(page: Page, keys: dict[str, str]) -> None:
    page.get_by_label("Client ID", exact=True).fill(keys["client_id"])
    page.get_by_label("Secret", exact=True).fill(keys["client_secret"])
    page.get_by_label("Test" if keys["environment"] == "sandbox" else "Production").check()


def _try(page: Page, keys: dict[str, str], said: str) -> Locator:
    """Types the keys and tests them. Returns the report's lines."""
    _type(page, keys)
    page.get_by_role("button", name="Tester les clés").click()
    report = page.locator("#keys-report")
    expect(report).to_contain_text(said, timeout=steps.ANSWER_MS)
    expect(report).to_contain_text("Rien n’a été enregistré")
    return report.locator(".checks > li")


def test_a_new_merchant_finds_the_right_keys(page: Page, stack: Stack, scripted: bool) -> None:
    merchant = builders.a_merchant(keys=False, new=True)
    steps.open_customers(page, stack, merchant)
    page.get_by_role("link", name="Configurer les clés").click()
    expect(page.get_by_role("heading", name="Configurer les clés API PayPal")).to_be_visible()
    if scripted:
        page.evaluate("window.stayed = true")

    wrong = an_app() | {"client_secret": "not-the-secret"}
    lines = _try(page, wrong, "PayPal ne les reconnaît pas dans l’environnement Test")
    expect(lines).to_have_count(3)
    expect(lines.first).to_contain_text("À corriger")

    right = an_app("live")
    _try(page, an_app("sandbox") | {"environment": "production"}, "Ce sont des clés de Test (Sandbox)")
    _try(page, right | {"environment": "sandbox"}, "Ce sont des clés de Production (Live)")
    lines = _try(page, an_app("live", scopes=WITHOUT_SUBSCRIPTIONS), "Il manque à l’application PayPal la permission")
    expect(lines.nth(0)).to_contain_text("En ordre")
    expect(lines.nth(1)).to_contain_text("À corriger")

    lines = _try(page, right, "Ces clés fonctionnent.")
    for number in range(3):
        expect(lines.nth(number)).to_contain_text("En ordre")
    secret = page.get_by_label("Secret", exact=True)
    if scripted:
        assert steps.did_not_reload(page)
        expect(secret).to_have_value(right["client_secret"])
    else:
        expect(secret).to_have_value("")
        secret.fill(right["client_secret"])

    page.get_by_label("Votre mot de passe Kooneo").fill("pas le bon")
    page.get_by_role("button", name="Enregistrer les clés").click()
    expect(page.get_by_role("alert").first).to_contain_text("Ce n’est pas votre mot de passe Kooneo.")
    expect(page.get_by_label("Production")).to_be_checked()

    page.get_by_label("Secret", exact=True).fill(right["client_secret"])
    page.get_by_label("Votre mot de passe Kooneo").fill(builders.PASSWORD)
    page.get_by_role("button", name="Enregistrer les clés").click()
    expect(page.get_by_text("Les clés PayPal sont enregistrées.")).to_be_visible()
    facts = page.locator(".facts").first
    expect(facts).to_contain_text(right["client_id"])
    expect(facts).to_contain_text("Production")
    expect(facts).to_contain_text("par Nora Petit")
    assert right["client_secret"] not in page.content()

    page.get_by_role("link", name="Clients", exact=True).click()
    expect(page.locator(".first-steps [data-state=done]")).to_have_count(1)
    _deletes_them(page)


def _deletes_them(page: Page) -> None:
    page.get_by_role("link", name="Réglages").click()
    page.get_by_role("link", name="Supprimer les clés…").click()
    page.get_by_label("Votre mot de passe Kooneo").fill(builders.PASSWORD)
    page.get_by_role("button", name="Supprimer les clés").click()
    expect(page.get_by_text("Les clés PayPal sont supprimées.")).to_be_visible()
    expect(page.get_by_role("heading", name="Configurer les clés API PayPal")).to_be_visible()


def test_the_kept_keys_are_tried_again_with_the_keyboard(page: Page, stack: Stack, scripted: bool) -> None:
    """Enter in a field tries, which changes nothing, and never saves."""
    steps.open_customers(page, stack, builders.a_merchant())
    page.get_by_role("link", name="Réglages").click()
    expect(page.locator("#last-trial")).to_have_text("Jamais")
    page.get_by_label("Client ID", exact=True).press("Enter")
    expect(page.locator("#keys-report")).to_contain_text("Ces clés fonctionnent.", timeout=steps.ANSWER_MS)
    expect(page.locator("#last-trial")).to_contain_text("Ces clés fonctionnent.")
