"""Every page in every state: accessible, within the policy, readable at 320 px, large enough to press, correct HTML."""

import itertools
import json
import os
import shutil
import subprocess
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from support import builders, engines, paypal
from support.acting import rewrite
from support.keys import an_app
from support.mail import a_message
from support.requirements import require
from support.webhooks import an_endpoint

from kooneo.accounts.models import Role
from kooneo.billing.refunds import RefundRequest
from kooneo.clock import now
from kooneo.mail.models import MailProblem, MessageState
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import ChangeState
from kooneo.takeover.models import TakeoverItem
from kooneo.takeover.states import LEFT_OUT, ItemState, Problem, Reason, TakeoverState

from . import catalogue_states, dunning_states, order_states, renewal_states, steps, winback_states
from .conftest import watched
from .stack import ROOT, Stack, free_port, until

# The look of a page does not depend on the database.
pytestmark = pytest.mark.any_engine

AXE = Axe()

_TOO_SMALL = """() => [...document.querySelectorAll('a, button, input, select, summary')].filter((element) => {
  const box = element.getBoundingClientRect();
  const shown = box.width && box.height && getComputedStyle(element).clipPath === 'none';
  const inText = element.matches('p a, dd a, small a, li > a:only-child') && getComputedStyle(element).display === 'inline';
  return shown && !inText && element.type !== 'radio' && (box.width < 24 || box.height < 24);
}).map((element) => element.outerHTML.slice(0, 120))"""

_COLOURS_ARRIVED = """() => Promise.allSettled(
  document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished))"""
"""A button's background goes over to the other scheme in a moment, its text at once: in between axe sees neither."""


def _login(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/login")


def _login_refused(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/login")
    page.get_by_label("Adresse e-mail").fill("personne@client.test")
    page.get_by_label("Mot de passe").fill("ce n'est pas le bon")
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("alert").first).to_be_visible()


def _customers(page: Page, stack: Stack) -> None:
    merchant = builders.a_merchant()
    for number in range(30):
        customer = builders.a_customer(merchant, family_name=f"Martin {number:02}")
        if number < len(SubscriptionStatus):
            builders.a_subscription(customer, status=list(SubscriptionStatus)[number])
    steps.open_customers(page, stack, merchant)
    expect(page.get_by_role("link", name="Suivants")).to_be_visible()


def _no_customers(page: Page, stack: Stack) -> None:
    steps.open_customers(page, stack, builders.a_merchant())
    expect(page.get_by_text("Pas encore de clients")).to_be_visible()


def _none_found(page: Page, stack: Stack) -> None:
    steps.sign_in(page, stack, builders.a_merchant())
    page.goto(f"{stack.url}/customers?q=personne")
    expect(page.get_by_text("Aucun client trouvé")).to_be_visible()


def _record(page: Page, stack: Stack) -> None:
    merchant = builders.a_merchant()
    customer = builders.a_customer(merchant)
    offer = builders.an_offer(builders.a_product(merchant, after_cancellation="until_paid"), commitment_cycles=12)
    held = [builders.a_subscription(customer, offer=offer, status=status) for status in SubscriptionStatus]
    builders.a_payment(held[0])
    steps.signed_in_record(page, stack, held[0])
    page.locator(".history > summary").first.click()


def _record_as_viewer(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    steps.sign_in(page, stack, builders.merchant_of(subscription), role=Role.VIEWER)
    steps.open_record(page, stack, subscription)
    expect(page.get_by_text("Votre rôle permet de consulter")).to_be_visible()


def _empty_record(page: Page, stack: Stack) -> None:
    customer = builders.a_customer()
    steps.sign_in(page, stack, builders.merchant_of(customer))
    page.goto(f"{stack.url}/customers/{customer.id}")
    expect(page.get_by_text("Aucun abonnement")).to_be_visible()


def _profile(page: Page, stack: Stack) -> None:
    customer = builders.a_customer()
    steps.sign_in(page, stack, builders.merchant_of(customer))
    page.goto(f"{stack.url}/customers/{customer.id}/profile")


def _dialog(page: Page, stack: Stack) -> None:
    card = steps.signed_in_record(page, stack, builders.a_subscription())
    card.get_by_role("link", name=steps.CANCEL).click()
    expect(page.get_by_role("dialog")).to_be_visible()


def _dialog_with_error(page: Page, stack: Stack) -> None:
    card = steps.signed_in_record(page, stack, builders.a_subscription())
    steps.ask(page, card, steps.CANCEL, reason="a" * 130)
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()


def _pausing(page: Page, stack: Stack) -> None:
    card = steps.signed_in_record(page, stack, builders.a_subscription(commitment_cycles=1))
    card.get_by_role("link", name="Mettre en pause").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reprendre les paiements le").fill("2020-01-01")
    dialog.get_by_role("button", name="Mettre en pause").click()
    expect(dialog.get_by_role("alert")).to_be_visible()


def _correcting(page: Page, stack: Stack) -> None:
    card = steps.signed_in_record(page, stack, builders.a_subscription(status="completed"))
    card.get_by_role("link", name="Corriger le statut").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Corriger le statut").click()
    expect(dialog.get_by_role("alert")).to_be_visible()


def _adding_a_manual_one(page: Page, stack: Stack) -> None:
    customer = builders.a_customer()
    steps.sign_in(page, stack, builders.merchant_of(customer))
    page.goto(f"{stack.url}/customers/{customer.id}/subscriptions/new")
    page.get_by_role("button", name="Ajouter l’abonnement").click()
    expect(page.get_by_role("alert").first).to_be_visible()


def _recording_a_payment(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription(gateway=builders.Gateway.MANUAL)
    steps.sign_in(page, stack, builders.merchant_of(subscription))
    page.goto(f"{stack.url}/subscriptions/{subscription.id}/payments/new")
    page.get_by_label("Montant reçu").fill("")
    page.get_by_role("button", name="Enregistrer le paiement").click()
    expect(page.get_by_role("alert").first).to_be_visible()


def _form_page(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    steps.sign_in(page, stack, builders.merchant_of(subscription))
    page.goto(f"{stack.url}/subscriptions/{subscription.id}/abandonment")


def _waiting(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "500", times=0)
    card = steps.signed_in_record(page, stack, subscription)
    steps.ask(page, card, steps.CANCEL)
    expect(card.locator(".mark")).to_have_text("En attente de PayPal", timeout=steps.ANSWER_MS)


def _refused(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "403", times=0)
    card = steps.signed_in_record(page, stack, subscription)
    steps.ask(page, card, steps.CANCEL)
    expect(card).to_have_attribute("data-change", "refused", timeout=steps.ANSWER_MS)


def _done(page: Page, stack: Stack) -> None:
    card = steps.signed_in_record(page, stack, builders.a_subscription())
    steps.ask(page, card, steps.CANCEL)
    steps.has_status(card, "cancelled", "Annulé")


def _needs_attention(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "422", times=0, issue="USER_ACCOUNT_CLOSED")
    card = steps.signed_in_record(page, stack, subscription)
    steps.ask(page, card, steps.CANCEL)
    expect(card).to_have_attribute("data-change", "needs_attention", timeout=steps.ANSWER_MS)


def _attention(page: Page, stack: Stack) -> None:
    merchant = builders.a_merchant()
    for problem in ("credentials", "not_found"):
        builders.a_refused_change(builders.a_subscription(merchant=merchant), problem=problem)
    ended = builders.a_subscription(merchant=merchant, status="cancelled")
    rewrite(ended, check_problem="charging", checked_at=now(), unconfirmed=True)
    builders.a_payment(ended)
    steps.sign_in(page, stack, merchant)
    page.goto(f"{stack.url}/attention")
    expect(page.get_by_role("button", name="Réessayer")).to_have_count(2)


def _undelivered_mail(page: Page, stack: Stack) -> None:
    merchant = builders.a_merchant()
    subscription = builders.a_subscription(merchant=merchant)
    for problem in (MailProblem.RECIPIENT, MailProblem.UNREACHABLE):
        message = a_message(merchant, subject="Votre demande de résiliation du 23 novembre 2026, référence R-7K3Q-9D2M")
        values = {"state": MessageState.FAILED, "attempts": 14, "sent_at": None, "next_attempt_at": None}
        rewrite(message, problem=problem, customer_id=subscription.customer_id, **values)
    steps.sign_in(page, stack, merchant)
    page.goto(f"{stack.url}/attention")
    expect(page.get_by_role("button", name="Envoyer de nouveau")).to_have_count(2)


def _nothing_to_do(page: Page, stack: Stack) -> None:
    steps.sign_in(page, stack, builders.a_merchant())
    page.goto(f"{stack.url}/attention")
    expect(page.get_by_text("Rien à traiter")).to_be_visible()


def _ending_without_paypal(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    builders.a_refused_change(subscription)
    steps.sign_in(page, stack, builders.merchant_of(subscription))
    page.goto(f"{stack.url}/subscriptions/{subscription.id}/unconfirmed-end")
    page.get_by_role("button", name="Terminer sans PayPal").click()
    expect(page.get_by_role("alert").first).to_be_visible()


def _unconfirmed(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription(status="cancelled")
    rewrite(subscription, unconfirmed=True)
    card = steps.signed_in_record(page, stack, subscription)
    expect(card.locator(".mark").first).to_have_text("Non confirmé par PayPal")


def _stopping(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription(status="cancelled")
    rewrite(subscription, check_problem="charging", checked_at=now())
    card = steps.signed_in_record(page, stack, subscription)
    card.get_by_role("link", name="Arrêter les prélèvements").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def _refunding(page: Page, stack: Stack) -> None:
    payment = builders.a_payment(builders.a_subscription(), refunded=1000)
    steps.sign_in(page, stack, builders.merchant_of(payment))
    page.goto(f"{stack.url}/customers/{payment.customer_id}/payments")
    page.get_by_role("link", name="Rembourser le paiement").click()
    page.get_by_label("Montant à rembourser").fill("4900")
    page.get_by_role("button", name="Rembourser").click()
    expect(page.get_by_role("alert").first).to_be_visible()


def _refund_refused(page: Page, stack: Stack) -> None:
    payment = builders.a_payment(builders.a_subscription())
    builders.saved(
        RefundRequest(
            merchant_id=payment.merchant_id,
            payment_id=payment.id,
            key="refused",
            amount_minor=4900,
            currency="EUR",
            actor_kind="member",
            actor_name="Nora Petit",
            state=ChangeState.REFUSED,
            account_version=1,
            problem="permission",
        )
    )
    steps.sign_in(page, stack, builders.merchant_of(payment))
    page.goto(f"{stack.url}/customers/{payment.customer_id}/payments")
    expect(page.get_by_text("n’a pas le droit de rembourser")).to_be_visible()


def _portal_options(page: Page, stack: Stack) -> None:
    steps.sign_in(page, stack, builders.a_merchant())
    page.goto(f"{stack.url}/settings/portal")
    page.get_by_label("Votre message avant la fin").fill("Un mot avant de partir ?")
    expect(page.locator("#preview blockquote").first).to_have_text("Un mot avant de partir ?")


def _portal_options_refused(page: Page, stack: Stack) -> None:
    steps.sign_in(page, stack, builders.a_merchant(keys=False))
    page.goto(f"{stack.url}/settings/portal")
    page.get_by_role("checkbox", name="Autoriser mes clients").check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert").first).to_be_visible()


def _legal_request(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    request = builders.a_termination_request(subscription, motive="Trop cher")
    steps.sign_in(page, stack, builders.merchant_of(subscription))
    page.goto(f"{stack.url}/legal-requests/{request.id}")
    expect(page.get_by_text("Trop cher")).to_be_visible()


def _declaring(page: Page, stack: Stack) -> None:
    merchant = builders.a_merchant()
    page.goto(f"{stack.url}/portal/{merchant.slug}/termination")
    page.get_by_role("button", name="Relire ma demande").click()
    expect(page.get_by_role("alert").first).to_be_visible()


def _declaration_summary(page: Page, stack: Stack) -> None:
    merchant = builders.a_merchant()
    page.goto(f"{stack.url}/portal/{merchant.slug}/withdrawal")
    page.get_by_label("Nom et prénom").fill("Alice Martin")
    page.get_by_label("Adresse e-mail").fill("alice@client.test")
    page.get_by_role("button", name="Relire ma demande").click()
    expect(page.get_by_role("button", name="Confirmer la rétractation")).to_be_visible()


def _declaration_received(page: Page, stack: Stack) -> None:
    _declaration_summary(page, stack)
    page.get_by_role("button", name="Confirmer la rétractation").click()
    expect(page.get_by_text("Votre demande est enregistrée.")).to_be_visible()


def _declaration_link(page: Page, stack: Stack) -> None:
    """Of a withdrawal that comes too late."""
    customer = builders.customer_of(builders.a_subscription())
    page.goto(f"{stack.url}/portal/{builders.merchant_of(customer).slug}/withdrawal")
    page.get_by_label("Nom et prénom").fill(customer.name)
    page.get_by_label("Adresse e-mail").fill(customer.email)
    page.get_by_role("button", name="Relire ma demande").click()
    page.get_by_role("button", name="Confirmer la rétractation").click()
    page.goto(steps.declaration_link_in_the_mailbox(page, stack, customer))
    expect(page.get_by_text("Confirmez que cette demande vient bien de vous.")).to_be_visible()


def _declaration_verified(page: Page, stack: Stack) -> None:
    _declaration_link(page, stack)
    page.get_by_role("button", name="Confirmer la rétractation").click()
    expect(page.get_by_text("vérifie si vous pouviez encore renoncer")).to_be_visible()


def _declaration_link_unknown(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/portal/{builders.a_merchant().slug}/termination?token=coupe")
    expect(page.get_by_text("Ce lien n’est pas reconnu.")).to_be_visible()


def _lost_connection(page: Page, stack: Stack) -> None:
    _dialog(page, stack)
    page.route("**/cancellation", lambda route: route.abort())
    page.get_by_role("dialog").get_by_role("button", name=steps.CANCEL).click()
    expect(page.get_by_role("button", name="Réessayer")).to_be_visible()


def _dialog_with_letter(page: Page, stack: Stack) -> None:
    _dialog(page, stack)
    page.get_by_text("Lire l’e-mail").click()
    expect(page.locator(".letter")).to_be_visible()


def _mailbox(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    email = builders.customer_of(subscription).email
    card = steps.signed_in_record(page, stack, subscription)
    steps.ask(page, card, steps.CANCEL)
    steps.has_status(card, "cancelled", "Annulé")

    def arrived() -> bool:
        page.goto(f"{stack.url}/dev/mailbox")
        return page.locator(".letters > li", has_text=email).count() > 0

    until(arrived, "the message arrives")


def _message(page: Page, stack: Stack) -> None:
    _mailbox(page, stack)
    page.locator(".letters a").first.click()
    expect(page.frame_locator(".letter-frame").get_by_text("Bonjour")).to_be_visible()


def _empty_mailbox(page: Page, stack: Stack) -> None:
    for file in (stack.folder / "instance" / "mailbox").glob("*.eml"):
        file.unlink()
    page.goto(f"{stack.url}/dev/mailbox")
    expect(page.get_by_text("Aucun message")).to_be_visible()


def _portal_door(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/portal/{builders.a_merchant().slug}/login")
    page.get_by_role("button", name="Recevoir un code").click()
    expect(page.locator("#email-error")).to_be_visible()


def _portal_code(page: Page, stack: Stack) -> None:
    steps.ask_for_a_code(page, stack, builders.a_customer())
    page.get_by_role("button", name="Se connecter").click()
    expect(page.locator("#code-error")).to_be_visible()


def _portal_code_spent(page: Page, stack: Stack) -> None:
    steps.ask_for_a_code(page, stack, builders.a_customer())
    for _ in range(5):
        page.get_by_label("Code à six chiffres").fill("000000")
        page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_text("Ce code ne peut plus servir.")).to_be_visible()


def _portal_subscriptions(page: Page, stack: Stack) -> None:
    customer = builders.a_customer()
    offer = builders.an_offer(builders.a_product(builders.merchant_of(customer)), commitment_cycles=12)
    for status in SubscriptionStatus:
        builders.a_subscription(customer, offer=offer, status=status)
    steps.enter_the_portal(page, stack, customer)


def _portal_without_subscriptions(page: Page, stack: Stack) -> None:
    steps.enter_the_portal(page, stack, builders.a_customer())
    expect(page.get_by_text("Aucun abonnement")).to_be_visible()


def _contract(page: Page, stack: Stack, **terms: Any) -> Locator:
    """At home in the portal of a merchant who lets customers cancel; a contract three days old."""
    subscription = builders.a_subscription(days=3, **terms)
    merchant = builders.merchant_of(subscription)
    builders.lets_customers_cancel(merchant, message="Un mot avant de partir ?")
    builders.a_member(merchant)
    builders.a_payment(subscription)
    builders.a_payment(subscription, refunded=1000)
    content = builders.contents_of(builders.product_of(subscription))[0]
    rewrite(content, text="# Le lavis\n\nUne *feuille*, de l'eau.", video_url="https://vimeo.com/1")
    steps.enter_the_portal(page, stack, builders.customer_of(subscription))
    return steps.card_of(page, subscription)


def _portal_ending(page: Page, stack: Stack) -> None:
    _contract(page, stack, commitment_cycles=12).get_by_role("link", name="Résilier votre contrat").click()
    page.evaluate("document.querySelector('#reason').add(new Option('Autre chose', 'Autre chose', true, true))")
    page.get_by_role("button", name="Confirmer la résiliation").click()
    expect(page.locator("#reason-error")).to_be_visible()


def _portal_proof(page: Page, stack: Stack) -> None:
    _contract(page, stack).get_by_role("link", name="Résilier votre contrat").click()
    page.get_by_role("button", name="Confirmer la résiliation").click()
    expect(page.get_by_role("heading", name="Votre contrat a pris fin")).to_be_visible(timeout=steps.ANSWER_MS)


def _portal_waiting(page: Page, stack: Stack) -> None:
    card = _contract(page, stack)
    paypal.fails(card.get_attribute("data-paypal-id"), "cancel", "500", times=0)
    card.get_by_role("link", name="Résilier votre contrat").click()
    page.get_by_role("button", name="Confirmer la résiliation").click()
    expect(page.get_by_role("link", name="Actualiser")).to_be_visible(timeout=steps.ANSWER_MS)


def _portal_withdrawing(page: Page, stack: Stack) -> None:
    _contract(page, stack).get_by_role("link", name="Renoncer au contrat ici").click()
    expect(page.get_by_role("button", name="Confirmer la rétractation")).to_be_visible()


def _portal_withdrawn(page: Page, stack: Stack) -> None:
    _portal_withdrawing(page, stack)
    page.get_by_role("button", name="Confirmer la rétractation").click()
    expect(page.get_by_text("vous sont remboursés par")).to_be_visible(timeout=steps.ANSWER_MS)


def _portal_refused(page: Page, stack: Stack) -> None:
    card = _contract(page, stack, status="cancelled")
    page.goto(f"{page.url}/{(card.get_attribute('id') or '').removeprefix('subscription-')}/cancellation")
    expect(page.get_by_text("a déjà pris fin")).to_be_visible()


def _portal_contents(page: Page, stack: Stack) -> None:
    _contract(page, stack)
    page.get_by_role("link", name="Mes contenus").click()
    expect(page.locator("[data-access='closed']").first).to_be_visible()


def _portal_content(page: Page, stack: Stack) -> None:
    _contract(page, stack).get_by_role("link", name="Premiers pas").click()
    expect(page.get_by_role("heading", name="Le lavis")).to_be_visible()


def _portal_closed_content(page: Page, stack: Stack) -> None:
    card = _contract(page, stack)
    content = card.locator("[data-access='closed']").first.get_attribute("data-content")
    page.goto(f"{page.url.removesuffix('/subscriptions')}/contents/{content}")
    expect(page.locator(".message")).to_be_visible()


def _portal_payments(page: Page, stack: Stack) -> None:
    _contract(page, stack)
    page.get_by_role("link", name="Mes paiements").click()
    expect(page.get_by_text("Remboursé en partie")).to_be_visible()


def _portal_profile(page: Page, stack: Stack) -> None:
    _contract(page, stack)
    page.get_by_role("link", name="Mes informations").click()


def _portal_accessibility(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/portal/{builders.a_merchant().slug}/login")
    page.get_by_role("link", name="Accessibilité").click()


def _portal_not_found(page: Page, stack: Stack) -> None:
    _contract(page, stack)
    page.goto(f"{page.url.removesuffix('/subscriptions')}/contents/{uuid.uuid4()}")
    expect(page.get_by_text("Cette page n’existe pas")).to_be_visible()


def _products(page: Page, stack: Stack) -> None:
    steps.sign_in(page, stack, builders.merchant_of(builders.an_offer()))
    page.goto(f"{stack.url}/products")


def _products_to_review(page: Page, stack: Stack) -> None:
    product = builders.a_product(rules_to_review=True)
    steps.sign_in(page, stack, builders.merchant_of(product))
    page.goto(f"{stack.url}/products")
    expect(page.get_by_text("Règles d’accès à vérifier")).to_be_visible()


def _product_to_review(page: Page, stack: Stack) -> None:
    _products_to_review(page, stack)
    page.get_by_role("link", name="Aquarelle").click()
    page.get_by_role("link", name="Choisir les règles d’accès").click()
    expect(page.get_by_text("Choisissez ci-dessous")).to_be_visible()


def _no_products(page: Page, stack: Stack) -> None:
    steps.sign_in(page, stack, builders.a_merchant())
    page.goto(f"{stack.url}/products")
    expect(page.get_by_text("Pas encore de produits")).to_be_visible()


def _product(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    steps.sign_in(page, stack, builders.merchant_of(subscription))
    page.goto(f"{stack.url}/products/{builders.product_of(subscription).id}")


def _rules(page: Page, stack: Stack) -> None:
    _product(page, stack)
    page.get_by_role("link", name="Contenu sécurisé").click()
    page.get_by_role("button", name="Enregistrer les règles").click()
    expect(page.get_by_text("Les règles sont enregistrées.")).to_be_visible()


def _help(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/help/subscription-statuses")


def _help_for_a_product(page: Page, stack: Stack) -> None:
    card = steps.signed_in_record(page, stack, builders.a_subscription())
    card.locator(".badge").click()
    expect(page.get_by_text("Accès au contenu de «")).to_be_visible()


def _not_found(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/rien-ici")


def _tab(name: str) -> Callable[[Page, Stack], None]:
    """A tab of a record that holds something."""

    def state(page: Page, stack: Stack) -> None:
        merchant = builders.a_merchant()
        customer, product = builders.a_customer(merchant), builders.a_product(merchant)
        builders.a_product(merchant, title="Gravure")
        held = builders.a_subscription(customer, offer=builders.an_offer(product), status="past_due")
        for _ in range(26):
            builders.a_payment(held)
        grant = builders.a_grant(customer, product)
        steps.sign_in(page, stack, merchant)
        page.goto(f"{stack.url}/access-grants/{grant.id}/withdrawal")
        page.get_by_role("button", name="Retirer l’accès").click()
        builders.a_grant(customer, product)
        page.goto(f"{stack.url}/customers/{customer.id}/{name}")
        page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")

    state.__name__ = f"_tab_{name}"
    return state


def _empty_tab(name: str) -> Callable[[Page, Stack], None]:
    def state(page: Page, stack: Stack) -> None:
        customer = builders.a_customer()
        steps.sign_in(page, stack, builders.merchant_of(customer))
        page.goto(f"{stack.url}/customers/{customer.id}/{name}")

    state.__name__ = f"_empty_{name}"
    return state


def _giving_access(page: Page, stack: Stack) -> None:
    product = builders.a_product()
    customer = builders.a_customer(builders.merchant_of(product))
    steps.sign_in(page, stack, builders.merchant_of(product))
    page.goto(f"{stack.url}/customers/{customer.id}/access-grants/new")
    page.get_by_text("Ou seulement certains").click()
    page.get_by_label("Motif").fill("a" * 130)
    page.get_by_role("button", name="Donner l’accès").click()
    expect(page.get_by_role("alert").first).to_contain_text("Une réponse est à corriger")


def _grant(page: Page, stack: Stack, path: str = "") -> None:
    product = builders.a_product()
    merchant = builders.merchant_of(product)
    grant = builders.a_grant(builders.a_customer(merchant), product)
    steps.sign_in(page, stack, merchant)
    page.goto(f"{stack.url}/access-grants/{grant.id}{path}")


def _grant_withdrawal(page: Page, stack: Stack) -> None:
    _grant(page, stack, "/withdrawal")


def _profile_with_error(page: Page, stack: Stack) -> None:
    _profile(page, stack)
    page.get_by_label("Adresse e-mail").fill("sans arobase")
    page.get_by_role("button", name="Enregistrer le profil").click()
    expect(page.get_by_role("alert").first).to_be_visible()


def _profile_as_viewer(page: Page, stack: Stack) -> None:
    customer = builders.a_customer()
    steps.sign_in(page, stack, builders.merchant_of(customer), role=Role.VIEWER)
    page.goto(f"{stack.url}/customers/{customer.id}/profile")


def _keys_page(page: Page, stack: Stack) -> None:
    steps.sign_in(page, stack, builders.a_merchant())
    page.goto(f"{stack.url}/settings/paypal")


def _keys_with_notifications(page: Page, stack: Stack) -> None:
    merchant = builders.a_merchant()
    an_endpoint(merchant)
    steps.sign_in(page, stack, merchant)
    page.goto(f"{stack.url}/settings/paypal")
    expect(page.get_by_text("Aucune notification")).to_be_visible()


def _keys_tried(page: Page, stack: Stack) -> None:
    _keys_page(page, stack)
    page.get_by_label("Production").check()
    page.get_by_label("Secret", exact=True).fill("not-the-secret")
    page.get_by_role("button", name="Tester les clés").click()
    expect(page.locator(".checks")).to_be_visible()


def _keys_with_error(page: Page, stack: Stack) -> None:
    _keys_page(page, stack)
    page.get_by_role("button", name="Remplacer les clés").click()
    expect(page.get_by_role("alert").first).to_be_visible()


def _keys_with_changes_under_way(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "500", times=0)
    card = steps.signed_in_record(page, stack, subscription)
    steps.ask(page, card, steps.CANCEL)
    expect(card.locator(".mark")).to_have_text("En attente de PayPal", timeout=steps.ANSWER_MS)
    page.goto(f"{stack.url}/settings/paypal")
    keys = an_app()
    page.get_by_label("Client ID", exact=True).fill(keys["client_id"])
    page.get_by_label("Secret", exact=True).fill(keys["client_secret"])
    page.get_by_label("Votre mot de passe Kooneo").fill(builders.PASSWORD)
    page.get_by_role("button", name="Remplacer les clés").click()
    expect(page.get_by_label("Remplacer quand même")).to_be_visible()


def _keys_deletion(page: Page, stack: Stack) -> None:
    _keys_page(page, stack)
    page.get_by_role("link", name="Supprimer les clés…").click()
    page.get_by_role("button", name="Supprimer les clés").click()
    expect(page.get_by_role("alert").first).to_be_visible()


def _record_without_keys(page: Page, stack: Stack) -> None:
    merchant = builders.a_merchant(keys=False)
    steps.signed_in_record(page, stack, builders.a_subscription(builders.a_customer(merchant)))
    expect(page.get_by_text("Les clés API PayPal ne sont pas configurées.")).to_be_visible()


def _first_steps(page: Page, stack: Stack) -> None:
    steps.open_customers(page, stack, builders.a_merchant(keys=False, new=True))
    expect(page.get_by_text("premiers pas")).to_be_visible()


def _keys_guide(page: Page, stack: Stack) -> None:
    steps.sign_in(page, stack, builders.a_merchant())
    page.goto(f"{stack.url}/help/paypal-keys")


def _import(page: Page, stack: Stack, *, keys: bool = True) -> None:
    steps.sign_in(page, stack, builders.a_merchant(keys=keys))
    page.goto(f"{stack.url}/settings/paypal/import")


def _import_without_keys(page: Page, stack: Stack) -> None:
    _import(page, stack, keys=False)


def _import_with_error(page: Page, stack: Stack) -> None:
    _import(page, stack)
    page.get_by_role("button", name="Lire ces identifiants").click()
    expect(page.get_by_role("alert")).to_be_visible()


def _takeover(state: TakeoverState, **columns: object) -> Callable[[Page, Stack], None]:
    """With an id of every result; as of a worker that has just stopped."""

    def show(page: Page, stack: Stack) -> None:
        merchant = builders.a_merchant()
        reasons = itertools.cycle(Reason)
        items = [
            TakeoverItem(
                paypal_id=f"I-{number:012}",
                state=state,
                reason=next(reasons) if state in LEFT_OUT else None,
                becomes=None if state in LEFT_OUT else SubscriptionStatus.ACTIVE,
                email=f"client-{number}@client.test",
            )
            for number, state in enumerate([*ItemState, *([ItemState.CANNOT] * 60)])
        ]
        takeover = builders.a_takeover(merchant, state=state, its_items=items, **columns)
        steps.sign_in(page, stack, merchant)
        page.goto(f"{stack.url}/settings/paypal/import/{takeover.id}")
        expect(page.locator("#takeover")).to_have_attribute("data-state", state)

    show.__name__ = f"_takeover_{state}_{columns.get('problem', 'well')}"
    return show


_LONG_AGO = {"touched_at": now() - timedelta(minutes=3), "next_attempt_at": now() - timedelta(minutes=3)}
_WAITING_FOR_PAYPAL = {
    "problem": Problem.UNREACHABLE,
    "next_attempt_at": now() + timedelta(hours=1),
    "confirmed_at": now(),
}


@pytest.fixture(scope="module")
def one_browser(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[BrowserContext]:
    """It reads style sheets and scripts once for all these pages."""
    context = watched(browser.new_context(**browser_context_args))
    yield context
    context.close()


@pytest.fixture
def context(one_browser: BrowserContext) -> Iterator[BrowserContext]:
    yield one_browser
    one_browser.clear_cookies()
    for page in one_browser.pages:
        page.close()


STATES: list[Callable[[Page, Stack], None]] = [
    *(_login, _login_refused, _customers, _no_customers, _none_found),
    *(_record, _record_as_viewer, _empty_record, _profile),
    *(_dialog, _dialog_with_error, _form_page, _waiting, _refused, _done, _needs_attention, _lost_connection),
    *(_tab("access"), _tab("payments"), _tab("journal"), _empty_tab("access"), _empty_tab("payments")),
    *(_empty_tab("journal"), _giving_access, _grant, _grant_withdrawal, _profile_with_error, _profile_as_viewer),
    *(_dialog_with_letter, _empty_mailbox, _mailbox, _message),
    *(_portal_door, _portal_code, _portal_code_spent, _portal_subscriptions, _portal_without_subscriptions),
    *(_portal_ending, _portal_proof, _portal_waiting, _portal_withdrawing, _portal_withdrawn, _portal_refused),
    *(_portal_contents, _portal_content, _portal_closed_content, _portal_payments, _portal_profile),
    *(_portal_accessibility, _portal_not_found),
    *(_pausing, _correcting, _adding_a_manual_one, _recording_a_payment),
    *(_attention, _undelivered_mail, _nothing_to_do, _ending_without_paypal, _unconfirmed),
    *(_stopping, _refunding, _refund_refused),
    *(_keys_page, _keys_tried, _keys_with_error, _keys_with_changes_under_way, _keys_deletion, _keys_guide),
    _keys_with_notifications,
    *(_record_without_keys, _first_steps),
    *(_portal_options, _portal_options_refused, _legal_request),
    *(_declaring, _declaration_summary, _declaration_received),
    *(_declaration_link, _declaration_verified, _declaration_link_unknown),
    *(
        _products,
        _products_to_review,
        _product_to_review,
        _no_products,
        _product,
        _rules,
        _help,
        _help_for_a_product,
        _not_found,
    ),
    *catalogue_states.STATES,
    *dunning_states.STATES,
    *order_states.STATES,
    *renewal_states.STATES,
    *winback_states.STATES,
    *(_import, _import_without_keys, _import_with_error),
    *(_takeover(TakeoverState.READING, **_LONG_AGO), _takeover(TakeoverState.RUNNING, **_WAITING_FOR_PAYPAL)),
    *(_takeover(TakeoverState.READY), _takeover(TakeoverState.DONE)),
    _takeover(TakeoverState.STOPPED, problem=Problem.CREDENTIALS, stopped_in=TakeoverState.RUNNING),
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__.strip("_"))
def test_a_page_is_accessible_light_and_dark_wide_and_narrow(
    page: Page, stack: Stack, request: pytest.FixtureRequest, state: Callable[[Page, Stack], None]
) -> None:
    state(page, stack)
    assert page.evaluate("window.violations") == []
    if engines.CHOSEN == "postgresql":
        return  # it got there; how it looks was seen with SQLite
    page.evaluate(_COLOURS_ARRIVED)
    assert _violations(page) == []
    page.emulate_media(color_scheme="dark")
    page.evaluate(_COLOURS_ARRIVED)
    assert _violations(page, runOnly=["color-contrast"]) == [], "in the dark"
    assert page.evaluate(_TOO_SMALL) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, "it scrolls sideways at 320 px"
    _keep_pictures(page, state.__name__.strip("_"))
    assert _html_errors(page.content(), request.getfixturevalue("html_checker")) == []


def _violations(page: Page, **options: list[str]) -> list[tuple[str, list[str]]]:
    found = AXE.run(page, options=options).response["violations"]
    return [(violation["id"], [node["html"][:120] for node in violation["nodes"]]) for violation in found]


def _keep_pictures(page: Page, name: str) -> None:
    """With KOONEO_TEST_PICTURES=<folder>, so that somebody can look at them."""
    folder = os.environ.get("KOONEO_TEST_PICTURES")
    if not folder:
        return
    for width, scheme in ((1280, "light"), (1280, "dark"), (320, "light")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.screenshot(path=f"{folder}/{name}-{scheme}-{width}.png", full_page="dialog" not in name)


@pytest.fixture(scope="session")
def html_checker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The Nu HTML checker as a server: Java starts once."""
    jar = Path(os.environ.get("VNU_JAR") or ROOT / ".cache" / "vnu" / "vnu.jar")
    require(jar.is_file() and shutil.which("java"), "the Nu HTML checker or Java was not found (run make test)")
    port = free_port()
    local = "-Dnu.validator.servlet.bind-address=127.0.0.1"
    command = ["java", local, "-cp", str(jar), "nu.validator.servlet.Main", str(port)]
    with (
        (tmp_path_factory.mktemp("vnu") / "log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as checker,
    ):
        url = f"http://127.0.0.1:{port}/?out=json"
        until(lambda: _answers(url), "the HTML checker answers")
        yield url
        checker.terminate()


def _answers(url: str) -> bool:
    try:
        return _html_errors("<!DOCTYPE html><html lang=fr><title>x</title>", url) == []
    except OSError:
        return False


def _html_errors(html: str, checker: str) -> list[str]:
    headers = {"Content-Type": "text/html; charset=utf-8"}
    with urllib.request.urlopen(urllib.request.Request(checker, html.encode(), headers), timeout=60) as answer:
        messages = json.load(answer)["messages"]
    return [f"{m['message']} — {m.get('extract', '')}" for m in messages if m["type"] != "info"]
