"""Moving about: with and without script, by keyboard, back and forward, with the CDN gone."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from support import builders, paypal

from kooneo.htmx import CDN_URL

from . import steps
from .stack import Stack, until


@pytest.mark.any_engine
def test_back_and_forward_after_a_change_show_whole_pages_and_the_new_state(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    card = steps.signed_in_record(page, stack, subscription)
    steps.ask(page, card, steps.CANCEL)
    steps.has_status(card, "cancelled", "Annulé")
    page.get_by_role("link", name="Profil").click()
    expect(page.get_by_role("heading", name="Profil")).to_be_visible()
    page.go_back()
    steps.has_status(steps.card_of(page, subscription), "cancelled", "Annulé")
    expect(page.get_by_role("link", name="Produits", exact=True)).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("heading", name="Profil")).to_be_visible()


def test_the_list_is_searched_as_one_types_and_the_address_keeps_it(page: Page, stack: Stack) -> None:
    merchant = builders.a_merchant()
    for given_name, family_name in (("Édith", "Charrier"), ("Bruno", "Caillaud")):
        builders.a_customer(merchant, given_name=given_name, family_name=family_name)
    steps.open_customers(page, stack, merchant)
    page.evaluate("window.stayed = true")
    page.get_by_label("Chercher").press_sequentially("edith char")
    expect(page).to_have_url(re.compile("q=edith"))
    expect(page.locator(".table-name")).to_have_text(["Édith Charrier"])
    expect(page.locator("#count")).to_have_text("1 client")
    assert steps.did_not_reload(page)
    page.reload()
    expect(page.locator(".table-name")).to_have_text(["Édith Charrier"])
    page.get_by_label("Chercher").fill("personne de ce nom")
    expect(page.get_by_text("Aucun client trouvé")).to_be_visible()
    page.go_back()
    expect(page.locator(".table-name")).to_have_text(["Édith Charrier"])


def test_without_script_the_list_is_searched_by_enter(without_script: BrowserContext, stack: Stack) -> None:
    page = without_script.new_page()
    merchant = builders.a_merchant()
    builders.a_customer(merchant, given_name="Édith", family_name="Charrier")
    builders.a_customer(merchant, given_name="Bruno", family_name="Caillaud")
    steps.open_customers(page, stack, merchant)
    page.get_by_label("Chercher").fill("caillaud")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=caillaud"))
    expect(page.locator(".table-name")).to_have_text(["Bruno Caillaud"])


def test_without_script_a_subscription_is_ended_and_the_answer_stands_on_the_record(
    without_script: BrowserContext, stack: Stack
) -> None:
    page = without_script.new_page()
    subscription = builders.a_subscription(after_cancellation="closed")
    steps.sign_in(page, stack, builders.merchant_of(subscription))
    page.goto(f"{stack.url}/customers/{subscription.customer_id}/subscriptions")
    card = steps.card_of(page, subscription)
    card.get_by_role("link", name=steps.CANCEL).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Annuler l’abonnement de Alice Martin")
    page.get_by_label("Motif").fill("Déménagement")
    page.get_by_role("button", name=steps.CANCEL).click()
    steps.has_status(card, "cancelled", "Annulé")
    expect(card).to_contain_text("PayPal a confirmé l’arrêt des paiements")
    expect(card).to_contain_text("Déménagement")


@pytest.mark.any_engine
def test_the_forms_own_page_works_with_script_too(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    steps.sign_in(page, stack, builders.merchant_of(subscription))
    page.goto(f"{stack.url}/subscriptions/{subscription.id}/cancellation")
    page.get_by_role("button", name=steps.CANCEL).click()
    steps.has_status(steps.card_of(page, subscription), "cancelled", "Annulé")


def test_without_script_an_unanswered_change_is_followed_by_a_link(
    without_script: BrowserContext, stack: Stack
) -> None:
    page = without_script.new_page()
    subscription = builders.a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "slow", seconds=5)
    steps.sign_in(page, stack, builders.merchant_of(subscription))
    page.goto(f"{stack.url}/subscriptions/{subscription.id}/cancellation")
    page.get_by_role("button", name=steps.CANCEL).click()
    card = steps.card_of(page, subscription)
    expect(card.locator(".mark")).to_have_text("En attente de PayPal", timeout=steps.ANSWER_MS)
    while card.get_attribute("data-status") != "cancelled":
        with page.expect_navigation():
            card.get_by_role("link", name="Actualiser").click()
    steps.has_status(card, "cancelled", "Annulé")


@pytest.mark.any_engine
def test_the_whole_way_by_keyboard(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    card = steps.signed_in_record(page, stack, subscription)
    link = card.get_by_role("link", name=steps.CANCEL)
    for _ in range(60):
        page.keyboard.press("Tab")
        if link.evaluate("(element) => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_be_focused()
    page.keyboard.press("Tab")
    expect(dialog.get_by_label("Prévenir")).to_be_focused()
    page.keyboard.press("Space")
    expect(dialog.get_by_label("Prévenir")).not_to_be_checked()
    page.keyboard.press("Tab")
    expect(dialog.locator("summary")).to_be_focused()
    page.keyboard.press("Tab")
    expect(dialog.get_by_label("Motif")).to_be_focused()
    page.keyboard.type("Clavier")
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name=steps.CANCEL)).to_be_focused()
    page.keyboard.press("Enter")
    steps.has_status(card, "cancelled", "Annulé")
    expect(card).to_be_focused()


@pytest.mark.any_engine
@pytest.mark.parametrize("fault", ["refused", "hanging"])
def test_the_local_copy_stands_in_for_the_cdn(page: Page, stack: Stack, context: BrowserContext, fault: str) -> None:
    held: list[Route] = []
    context.unroute(CDN_URL)
    context.route(CDN_URL, lambda route: route.abort() if fault == "refused" else held.append(route))
    subscription = builders.a_subscription()
    member = builders.a_member(builders.merchant_of(subscription))
    page.goto(f"{stack.url}/login", wait_until="commit")
    page.get_by_label("Adresse e-mail").fill(member.email)
    page.get_by_label("Mot de passe").fill(builders.PASSWORD)
    page.get_by_role("button", name="Se connecter").click(no_wait_after=True)
    expect(page.get_by_role("heading", name="Clients")).to_be_visible()
    page.goto(f"{stack.url}/customers/{subscription.customer_id}/subscriptions", wait_until="commit")
    until(lambda: page.evaluate("typeof htmx") == "object", "htmx is there")
    page.evaluate("window.stayed = true")
    card = steps.card_of(page, subscription)
    steps.ask(page, card, steps.CANCEL)
    steps.has_status(card, "cancelled", "Annulé")
    assert steps.did_not_reload(page)
    for route in held:
        route.abort()


def test_a_session_that_has_ended_leads_to_the_sign_in_and_back(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    card = steps.signed_in_record(page, stack, subscription)
    page.context.clear_cookies()
    card.get_by_role("link", name=steps.CANCEL).click()
    expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()
    member = builders.a_member(builders.merchant_of(subscription))
    page.get_by_label("Adresse e-mail").fill(member.email)
    page.get_by_label("Mot de passe").fill(builders.PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(steps.card_of(page, subscription)).to_be_visible()


@pytest.mark.any_engine
def test_a_reason_that_is_too_long_is_kept_and_explained(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    card = steps.signed_in_record(page, stack, subscription)
    steps.ask(page, card, steps.CANCEL, reason="a" * 130)
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[role=alert]")).to_be_focused()
    field = dialog.get_by_label("Motif")
    expect(field).to_have_value("a" * 130)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(dialog).to_contain_text("130 sur 128 caractères")
    assert paypal.calls(subscription.paypal_id) == []
    field.fill("Plus court")
    dialog.get_by_role("button", name=steps.CANCEL).click()
    steps.has_status(card, "cancelled", "Annulé")


@pytest.mark.any_engine
def test_a_lost_connection_says_so_and_the_same_form_is_sent_again(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    card = steps.signed_in_record(page, stack, subscription)
    address = f"**/subscriptions/{subscription.id}/cancellation"
    card.get_by_role("link", name=steps.CANCEL).click()
    dialog = page.get_by_role("dialog")
    page.route(address, lambda route: route.abort())
    dialog.get_by_role("button", name=steps.CANCEL).click()
    expect(page.get_by_text("La connexion est perdue.")).to_be_visible()
    page.unroute(address)
    page.get_by_role("button", name="Réessayer").click()
    steps.has_status(card, "cancelled", "Annulé")
    assert paypal.cancellations(subscription.paypal_id) == 1


@pytest.mark.any_engine
def test_the_paypal_reference_is_copied_by_keyboard_and_said(page: Page, stack: Stack, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    subscription = builders.a_subscription()
    card = steps.signed_in_record(page, stack, subscription)
    card.get_by_role("button", name=f"Copier la référence {subscription.paypal_id}").press("Enter")
    expect(page.locator("#announcement")).to_have_text("Référence copiée")
    assert page.evaluate("navigator.clipboard.readText()") == subscription.paypal_id


def test_a_changed_rule_shows_in_every_access_list_at_once(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription(status="cancelled", after_cancellation="closed")
    card = steps.signed_in_record(page, stack, subscription)
    assert steps.access(card)["Premiers pas"] == "closed"
    page.goto(f"{stack.url}/products/{builders.product_of(subscription).id}/protected-content")
    page.get_by_label("Laisser l’accès au contenu déjà débloqué").check()
    page.get_by_role("button", name="Enregistrer les règles").click()
    page.get_by_label("Aussi ceux qui sont déjà terminés").check()
    page.get_by_role("button", name="Enregistrer les règles").click()
    expect(page.get_by_text("Les règles sont enregistrées.")).to_be_visible()
    assert steps.access(steps.open_record(page, stack, subscription))["Premiers pas"] == "open"
