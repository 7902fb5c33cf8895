"""Somebody leaves, and is proposed to come back: one says no for good, one comes back, and one is not to be asked."""

import re
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect
from support import builders, winback
from support.mail import attempt_to_send

from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.quiet_hours import next_opening
from kooneo.subscriptions.models import Subscription

from . import steps
from .stack import Stack, until

STOP, AGAIN = "Ne plus me le proposer", "Reprendre mon abonnement"


def test_the_proposal_arrives_and_no_means_no(page: Page, stack: Stack) -> None:
    subscription = builders.a_subscription()
    merchant, customer = builders.merchant_of(subscription), builders.customer_of(subscription)
    card = steps.signed_in_record(page, stack, subscription)
    page.goto(f"{stack.url}/settings/winback")
    page.get_by_role("checkbox", name="Proposer à mes anciens clients").check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Les propositions sont activées")).to_be_visible()

    card = steps.open_record(page, stack, subscription)
    card.get_by_role("link", name=steps.CANCEL).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"{customer.name} pourra recevoir une proposition de reprise")
    dialog.get_by_role("button", name=steps.CANCEL).click()
    steps.has_status(card, "cancelled", "Annulé")

    # Three days later, at an hour that is not quiet.
    moment = next_opening(now(), merchant.time_zone) + timedelta(minutes=1)
    winback.ended(subscription, days=3.1)
    until(lambda: _arrived(page, stack, subscription, moment) == 1, "the proposal arrives")
    page.goto(stack.url + _link_in_the_proposal(page, customer, "unsubscribe"))
    page.get_by_role("button", name=STOP).click()
    expect(page.get_by_text("ne vous proposera plus")).to_be_visible()
    assert page.evaluate("window.violations") == []

    card = steps.open_record(page, stack, subscription)
    steps.has_status(card, "abandoned", "Abandonné")
    card.locator(".history > summary").click()
    expect(card.locator(".history-list")).to_contain_text(STOP)
    expect(card.get_by_role("link", name="Proposer de reprendre")).to_have_count(0)
    _two_months_pass(moment)
    assert _arrived(page, stack, subscription, moment + timedelta(days=60)) == 1


def test_who_takes_up_again_from_the_message_gets_no_other(page: Page, stack: Stack) -> None:
    subscription = winback.a_cancelled()
    merchant, customer = builders.merchant_of(subscription), builders.customer_of(subscription)
    moment = next_opening(now(), merchant.time_zone) + timedelta(minutes=1)
    until(lambda: _arrived(page, stack, subscription, moment) == 1, "the proposal arrives")
    page.goto(stack.url + _link_in_the_proposal(page, customer, "offers/again"))
    page.get_by_role("button", name=AGAIN).click()
    page.get_by_label("Adresse e-mail").fill(customer.email)
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_label("Code à six chiffres").fill(steps.code_in_the_mailbox(page, stack, customer))
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("button", name=f"{AGAIN}, avec obligation de paiement").click()
    expect(page.get_by_role("heading", name="Simulateur PayPal")).to_be_visible(timeout=steps.ANSWER_MS)
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_role("heading", name="Votre abonnement a commencé")).to_be_visible(timeout=steps.ANSWER_MS)
    _two_months_pass(moment)
    assert len(winback.proposals(subscription)) == 1


def test_whom_the_merchant_marks_abandoned_is_never_asked(page: Page, stack: Stack) -> None:
    subscription = winback.a_cancelled()
    card = steps.signed_in_record(page, stack, subscription)
    steps.ask(page, card, steps.ABANDON)
    steps.has_status(card, "abandoned", "Abandonné")
    expect(card.get_by_role("link", name="Proposer de reprendre")).to_have_count(0)
    _two_months_pass(next_opening(now(), builders.merchant_of(subscription).time_zone) + timedelta(minutes=1))
    assert winback.proposals(subscription) == []


def _two_months_pass(moment: datetime) -> None:
    for day in range(60):
        with winback.at(moment + timedelta(days=day)):
            winback.proposing()


def _link_in_the_proposal(page: Page, customer: Customer, where: str) -> str:
    """Its path. The browser is at the mailbox."""
    letter = page.locator(".letters > li", has_text=customer.email).filter(has_text="Votre abonnement à")
    letter.first.get_by_role("link").click()
    found = re.search(rf"/portal/[^/]+/{where}/\S+", page.locator("pre.letter").inner_text())
    assert found
    return found.group()


def _arrived(page: Page, stack: Stack, subscription: Subscription, moment: datetime) -> int:
    """The proposals in the mailbox, once the worker's minute has come round at `moment`."""
    with winback.at(moment):
        winback.proposing()
        for message in winback.proposals(subscription):
            attempt_to_send(message)
    page.goto(f"{stack.url}/dev/mailbox")
    letters = page.locator(".letters > li", has_text=builders.customer_of(subscription).email)
    return letters.filter(has_not_text="est annulé").count()
