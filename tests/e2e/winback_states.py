"""The pages of proposals, in every state."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from support import builders, winback
from support.acting import rewrite
from support.builders import Subscription

from kooneo.clock import now
from kooneo.winback.models import WinbackMessage

from . import steps
from .stack import Stack


def _cancelled() -> Subscription:
    return winback.a_cancelled(days=3.1)


def _written() -> WinbackMessage:
    return winback.a_winback_message(_cancelled())


def winback_settings(page: Page, stack: Stack) -> None:
    merchant = builders.merchant_of(_written())
    steps.sign_in(page, stack, merchant)
    page.goto(f"{stack.url}/settings/winback")
    expect(page.get_by_role("link", name="Troisième message")).to_be_visible()


def winback_settings_of_nobody(page: Page, stack: Stack) -> None:
    steps.sign_in(page, stack, builders.a_merchant())
    page.goto(f"{stack.url}/settings/winback")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Aucune proposition ne part")).to_be_visible()


def winback_step(page: Page, stack: Stack) -> None:
    steps.sign_in(page, stack, builders.merchant_of(_cancelled()))
    page.goto(f"{stack.url}/settings/winback/first")
    expect(page.locator("#preview")).to_contain_text("Bonjour Alice")


def winback_step_with_errors(page: Page, stack: Stack) -> None:
    steps.sign_in(page, stack, builders.a_merchant())
    page.goto(f"{stack.url}/settings/winback/second")
    page.get_by_label("Jours après").fill("60")
    page.get_by_label("Objet").fill("{{ ville }}")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert").first).to_be_visible()


def unsubscribing(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}{winback.stop_path(_written())}")
    expect(page.get_by_role("button", name="Ne plus me le proposer")).to_be_visible()


def unsubscribed(page: Page, stack: Stack) -> None:
    unsubscribing(page, stack)
    page.get_by_role("button", name="Ne plus me le proposer").click()
    expect(page.get_by_text("C’est noté")).to_be_visible()


def unsubscribing_unknown(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/portal/{builders.a_merchant().slug}/unsubscribe/coupe")
    expect(page.get_by_text("Ce lien n’est pas reconnu")).to_be_visible()


def again(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}{winback.again_path(_written())}")
    expect(page.get_by_role("button", name="Reprendre mon abonnement")).to_be_visible()


def again_taken_up(page: Page, stack: Stack) -> None:
    subscription = _cancelled()
    builders.a_subscription(builders.customer_of(subscription), offer=builders.offer_of(subscription), days=0)
    page.goto(f"{stack.url}{winback.again_path(winback.a_winback_message(subscription))}")
    expect(page.get_by_text("déjà repris")).to_be_visible()


def again_to_another_offer(page: Page, stack: Stack) -> None:
    message = _written()
    other = builders.an_offer(builders.a_product(builders.merchant_of(message)), title="Le carnet du mois")
    rewrite(message, offer_id=other.id)
    page.goto(f"{stack.url}{winback.again_path(message)}")
    expect(page.get_by_role("heading", name="Le carnet du mois")).to_be_visible()


def winback_step_with_an_archived_offer(page: Page, stack: Stack) -> None:
    offer = builders.an_offer(title="Le carnet du mois")
    steps.sign_in(page, stack, builders.merchant_of(offer))
    page.goto(f"{stack.url}/settings/winback/first")
    page.get_by_label("Offre proposée").select_option("Le carnet du mois")
    rewrite(offer, archived_at=now())
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("est archivée").first).to_be_visible()


def proposals_stopped(page: Page, stack: Stack) -> None:
    subscription = _cancelled()
    builders.a_subscription(builders.customer_of(subscription), offer=builders.offer_of(subscription), days=0)
    card = steps.signed_in_record(page, stack, subscription)
    expect(card.locator(".mark")).to_have_text("Propositions arrêtées")


STATES: list[Callable[[Page, Stack], None]] = [
    *(winback_settings, winback_settings_of_nobody, winback_step, winback_step_with_errors),
    *(unsubscribing, unsubscribed, unsubscribing_unknown, again, again_taken_up, again_to_another_offer),
    *(winback_step_with_an_archived_offer, proposals_stopped),
]
