"""The merchant's catalogue: a product with an offer, rules for new and for old ends, an archived offer. With and without script."""

import re

import pytest
from playwright.sync_api import Page, expect
from support import builders

from kooneo.catalog.models import Product
from kooneo.subscriptions.lifecycle import Gateway
from kooneo.subscriptions.models import Subscription

from . import steps
from .stack import Stack


def _open_product(page: Page, stack: Stack, product: Product) -> None:
    page.goto(f"{stack.url}/products/{product.id}")


def _told(page: Page, text: str) -> None:
    expect(page.locator(".message").filter(has_text=text)).to_be_visible()


def test_a_product_with_its_contents_and_an_offer(anyone: Page, stack: Stack) -> None:
    page = anyone
    steps.open_customers(page, stack, builders.a_merchant())
    page.get_by_role("link", name="Produits", exact=True).click()
    page.get_by_role("link", name="Nouveau produit").click()
    page.get_by_label("Titre").fill("Gravure")
    page.get_by_role("button", name="Créer le produit").click()
    expect(page.get_by_role("alert").first).to_contain_text("2 réponses sont à corriger")
    expect(page.get_by_label("Titre")).to_have_value("Gravure")
    page.get_by_role("radio", name=re.compile("^Fermer le contenu")).check()
    page.get_by_role("radio", name=re.compile("^Jusqu’à la fin de la période payée")).check()
    page.get_by_role("button", name="Créer le produit").click()
    _told(page, "Le produit est créé")

    for title, days in (("La plaque", "0"), ("L’encre", "30")):
        page.get_by_role("link", name="Ajouter un contenu").click()
        page.get_by_label("Titre").fill(title)
        page.get_by_label("S’ouvre après (jours)").fill(days)
        page.get_by_role("button", name="Ajouter le contenu").click()
    page.get_by_role("button", name="Monter « L’encre »").click()
    expect(page.locator("ol.lines > li > span")).to_have_text(["L’encre", "La plaque"])
    page.get_by_role("link", name="Retirer « La plaque »").click()
    expect(page.get_by_text("Aucun client ne le voit aujourd’hui")).to_be_visible()
    page.get_by_role("button", name="Retirer le contenu").click()
    expect(page.locator("ol.lines > li > span")).to_have_text(["L’encre"])

    page.get_by_role("link", name="Ajouter une offre").click()
    page.get_by_label("Titre").fill("Gravure en 3 fois")
    expect(page.get_by_role("checkbox", name="Gravure")).to_be_checked()
    page.get_by_label("Montant").fill("89,50")
    page.get_by_label("Nombre de paiements").fill("3")
    page.get_by_role("button", name="Créer l’offre").click()
    expect(page.get_by_text("89,50 € par mois, en 3 fois")).to_be_visible()


def _a_cancelled_and_a_running_one() -> tuple[Product, Subscription, Subscription]:
    merchant = builders.a_merchant()
    product = builders.a_product(merchant)
    offer = builders.an_offer(product)
    rows = [
        builders.a_subscription(
            builders.a_customer(merchant, given_name=name), offer=offer, status=status, gateway=Gateway.MANUAL
        )
        for name, status in (("Zoé", "cancelled"), ("Anna", "active"))
    ]
    return product, rows[0], rows[1]


@pytest.mark.parametrize(("choice", "old"), [("Seulement ceux", "closed"), ("Aussi ceux", "open")])
def test_new_rules_for_new_and_for_old_ends(anyone: Page, stack: Stack, choice: str, old: str) -> None:
    page = anyone
    product, cancelled, running = _a_cancelled_and_a_running_one()
    steps.sign_in(page, stack, builders.merchant_of(product))
    page.goto(f"{stack.url}/products/{product.id}/protected-content")
    page.get_by_role("radio", name=re.compile("^Laisser l’accès au contenu déjà débloqué")).check()
    page.get_by_role("button", name="Enregistrer les règles").click()
    expect(page.locator("#gaining")).to_contain_text("1 client gagnerait un accès aujourd’hui")
    expect(page.locator("#gaining").get_by_role("link")).to_have_text("Zoé Martin")
    expect(page.locator("#losing")).to_contain_text("Personne ne perdrait")
    page.get_by_role("button", name="Enregistrer les règles").click()
    expect(page.get_by_role("alert").first).to_contain_text("Choisissez à quels abonnements")
    page.get_by_role("radio", name=re.compile(f"^{choice}")).check()
    page.get_by_role("button", name="Enregistrer les règles").click()
    _told(page, "Les règles sont enregistrées")

    page.goto(f"{stack.url}/customers/{cancelled.customer_id}/subscriptions")
    assert steps.access(steps.card_of(page, cancelled))["Premiers pas"] == old
    page.goto(f"{stack.url}/customers/{running.customer_id}/subscriptions")
    card = steps.card_of(page, running)
    card.get_by_role("link", name=steps.CANCEL).click()
    page.get_by_role("button", name=steps.CANCEL).click()
    steps.has_status(card, "cancelled", "Annulé")
    assert steps.access(card)["Premiers pas"] == "open"


def test_an_offer_with_subscribers_is_archived(anyone: Page, stack: Stack) -> None:
    page = anyone
    product, _cancelled, running = _a_cancelled_and_a_running_one()
    steps.sign_in(page, stack, builders.merchant_of(product))
    _open_product(page, stack, product)
    page.get_by_role("link", name="Modifier « Atelier du mardi »").click()
    expect(page.get_by_text("Son abonnement en vigueur continue, au prix convenu")).to_be_visible()
    page.get_by_role("button", name="Archiver l’offre").click()
    _told(page, "« Atelier du mardi » est archivée")
    expect(page.get_by_role("heading", name="Offres archivées")).to_be_visible()
    page.goto(f"{stack.url}/customers/{running.customer_id}/subscriptions")
    steps.has_status(steps.card_of(page, running), "active", "En cours")
