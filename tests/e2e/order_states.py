"""The pages of ordering, in every state."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from support import builders, paypal
from support.running import fresh

from kooneo.catalog.models import Offer

from . import steps
from .stack import Stack, until


def _open(page: Page, stack: Stack, offer: Offer) -> None:
    page.goto(f"{stack.url}/portal/{builders.merchant_of(offer).slug}/offers/{offer.slug}")


def order_page(page: Page, stack: Stack) -> None:
    _open(page, stack, builders.an_offer(commitment_cycles=12))
    expect(page.get_by_role("button", name=steps.SUBSCRIBE)).to_be_visible()


def order_with_errors(page: Page, stack: Stack) -> None:
    order_page(page, stack)
    page.get_by_role("button", name=steps.SUBSCRIBE).click()
    expect(page.get_by_role("alert").first).to_be_visible()


def order_closed(page: Page, stack: Stack) -> None:
    _open(page, stack, builders.an_offer(for_sale=False))
    expect(page.get_by_text("n’est pas en vente")).to_be_visible()


def order_without_keys(page: Page, stack: Stack) -> None:
    _open(page, stack, builders.an_offer(builders.a_product(builders.a_merchant(keys=False))))
    expect(page.get_by_text("On ne peut pas s’abonner")).to_be_visible()


def order_left(page: Page, stack: Stack) -> None:
    offer = builders.an_offer()
    steps.order(page, stack, offer)
    page.get_by_role("button", name="Refuser").click()
    expect(page.get_by_text("Rien n’a été prélevé")).to_be_visible()


def order_returned(page: Page, stack: Stack) -> None:
    order_left(page, stack)
    page.goto(page.url.replace("left=1", "returned=1"))
    expect(page.get_by_role("button", name="Vérifier maintenant")).to_be_visible()


def order_waiting(page: Page, stack: Stack) -> None:
    offer = builders.an_offer()
    client_id = builders.client_id_of(builders.merchant_of(offer))
    paypal.fails_for_keys(client_id, "*", "503", times=0)
    steps.fill_in_an_order(page, stack, offer)
    expect(page.get_by_role("heading", name="En attente de PayPal")).to_be_visible(timeout=steps.ANSWER_MS)


def order_concluded(page: Page, stack: Stack) -> None:
    offer = builders.an_offer()
    steps.order(page, stack, offer)
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_role("heading", name="Votre abonnement a commencé")).to_be_visible(timeout=steps.ANSWER_MS)


def resumption(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription(status="cancelled", total_cycles=12, days=120)
    steps.enter_the_portal(page, stack, builders.customer_of(subscription))
    page.get_by_role("link", name="Reprendre mon abonnement").click()
    expect(page.get_by_role("button", name="Reprendre mon abonnement")).to_be_visible()


def resumption_left(page: Page, stack: Stack) -> None:
    resumption(page, stack)
    space = page.url.partition("/subscriptions")[0]
    page.get_by_role("button", name="Reprendre mon abonnement").click()
    page.get_by_role("button", name="Refuser").click()
    expect(page.get_by_text("Rien n’a été prélevé")).to_be_visible()
    page.goto(f"{space}/subscriptions")
    expect(page.get_by_role("link", name="Recommencer la commande")).to_be_visible()
    expect(page.get_by_text("Sa reprise attend votre accord")).to_be_visible()


def order_already(page: Page, stack: Stack) -> None:
    """The customer is signed in, and pays for it already."""
    subscription = builders.a_subscription()
    steps.enter_the_portal(page, stack, builders.customer_of(subscription))
    _open(page, stack, builders.offer_of(subscription))
    expect(page.get_by_text("Vous avez déjà cet abonnement")).to_be_visible()


def proposal(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription(status="cancelled")
    card = steps.signed_in_record(page, stack, subscription)
    card.get_by_role("link", name="Proposer de reprendre").click()
    expect(page.get_by_role("button", name="Envoyer la proposition")).to_be_visible()


def paid_twice(page: Page, stack: Stack) -> None:
    running = builders.a_subscription()
    customer, offer = builders.customer_of(running), builders.offer_of(running)
    order = builders.an_order(offer, email=customer.email)
    until(lambda: fresh(order).approve_url is not None, "the worker asks PayPal")
    page.goto(fresh(order).approve_url)
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_role("heading", name="Votre abonnement a commencé")).to_be_visible(timeout=steps.ANSWER_MS)
    steps.sign_in(page, stack, builders.merchant_of(running))
    page.goto(f"{stack.url}/attention")
    expect(page.get_by_role("link", name="Garder celui-ci")).to_have_count(2)


def keeping(page: Page, stack: Stack) -> None:
    paid_twice(page, stack)
    page.get_by_role("link", name="Garder celui-ci").first.click()
    expect(page.get_by_role("button", name="Annuler l’autre")).to_be_visible()


STATES: list[Callable[[Page, Stack], None]] = [
    *(order_page, order_with_errors, order_closed, order_without_keys, order_already),
    *(order_waiting, order_left, order_returned, order_concluded, resumption, resumption_left, proposal),
    *(paid_twice, keeping),
]
