"""The tabs of the record, as somebody uses them: access given and taken back, read why; with script and without."""

import pytest
from playwright.sync_api import Page, expect
from support import builders

from kooneo.customers.models import Customer

from . import steps
from .stack import Stack


def _access_of(page: Page, stack: Stack, customer: Customer) -> dict[str, str]:
    page.goto(f"{stack.url}/customers/{customer.id}/access")
    return steps.access(page.locator("main"))


def test_access_is_given_read_and_taken_back(anyone: Page, stack: Stack) -> None:
    page = anyone
    merchant = builders.a_merchant()
    customer = builders.a_customer(merchant)
    builders.a_product(merchant)
    steps.sign_in(page, stack, merchant)
    assert set(_access_of(page, stack, customer).values()) == {"closed"}

    page.get_by_role("link", name="Donner un accès").click()
    page.get_by_text("Ou seulement certains de ses 3 contenus").click()
    page.get_by_role("checkbox", name="Les couleurs").check()
    page.get_by_label("Motif").fill("Geste commercial")
    page.get_by_role("button", name="Donner l’accès").click()
    expect(page.get_by_text("L’accès est donné.")).to_be_visible()
    assert _access_of(page, stack, customer)["Les couleurs"] == "open"
    page.get_by_text("Pourquoi cet accès ?").click()
    expect(page.locator("[data-decides]")).to_contain_text("Accès donné à la main par Nora Petit")
    expect(page.locator("[data-decides]")).to_contain_text("Geste commercial")

    page.get_by_role("link", name="Retirer l’accès à « Les couleurs »").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Retirer l’accès à")
    page.get_by_label("Motif").fill("Fin du geste")
    page.get_by_role("button", name="Retirer l’accès").click()
    expect(page.get_by_text("L’accès donné à la main est retiré.")).to_be_visible()
    assert set(_access_of(page, stack, customer).values()) == {"closed"}
    page.get_by_text("Pourquoi pas d’accès ?").click()
    expect(page.locator("[data-decides]")).to_contain_text("retiré le")

    page.get_by_role("link", name="Journal").click()
    expect(page.locator(".journal h3")).to_have_text(["Accès donné à la main, retiré", "Accès donné à la main"])


def test_a_profile_is_put_right(anyone: Page, stack: Stack) -> None:
    page = anyone
    customer = builders.a_customer()
    steps.sign_in(page, stack, builders.merchant_of(customer))
    page.goto(f"{stack.url}/customers/{customer.id}/profile")
    page.get_by_label("Adresse e-mail").fill("sans arobase")
    page.get_by_label("Notes de l’équipe").fill("Rappeler lundi")
    page.get_by_role("button", name="Enregistrer le profil").click()
    expect(page.get_by_role("alert").first).to_contain_text("Écrivez une adresse e-mail complète")
    expect(page.get_by_label("Notes de l’équipe")).to_have_value("Rappeler lundi")
    page.get_by_label("Adresse e-mail").fill("Edith@Client.test")
    page.get_by_label("Prénom").fill("Édith")
    page.get_by_role("button", name="Enregistrer le profil").click()
    expect(page.get_by_text("Le profil est enregistré.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Édith Martin")
    expect(page.get_by_label("Adresse e-mail")).to_have_value("edith@client.test")


def test_the_head_follows_when_a_subscription_ends(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription(status="past_due")
    card = steps.signed_in_record(page, stack, subscription)
    expect(page.locator(".record-warnings")).to_contain_text("Un abonnement en retard")
    expect(page.locator(".figures")).to_contain_text("Contenus ouverts2")
    steps.ask(page, card, steps.CANCEL)
    steps.has_status(card, "cancelled", "Annulé")
    expect(page.locator(".record-warnings")).to_have_count(0)
    expect(page.locator(".figures")).to_contain_text("Contenus ouverts0")
    assert steps.did_not_reload(page)


@pytest.mark.any_engine
def test_the_journal_is_printed_without_what_surrounds_it(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    card = steps.signed_in_record(page, stack, subscription)
    steps.ask(page, card, steps.CANCEL, reason="Déménagement")
    steps.has_status(card, "cancelled", "Annulé")
    page.get_by_role("link", name="Journal").click()
    expect(page.locator(".journal")).to_contain_text("Déménagement")
    page.emulate_media(media="print")
    for hidden in (".shell-side", ".journal-filters", ".tabs"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator(".journal")).to_be_visible()
