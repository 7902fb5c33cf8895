"""Every page in every state: accessible, within the policy, readable at 320 px, large enough to press, correct HTML."""

import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from support import builders, paypal
from support.acting import rewrite
from support.keys import an_app
from support.requirements import require
from support.webhooks import an_endpoint

from kooneo.accounts.models import Role
from kooneo.clock import now
from kooneo.subscriptions.lifecycle import SubscriptionStatus

from . import catalogue_states, steps
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
    steps.sign_in(page, stack, merchant)
    page.goto(f"{stack.url}/attention")
    expect(page.get_by_role("button", name="Réessayer")).to_have_count(2)


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
    expect(card.locator(".mark")).to_have_text("Non confirmé par PayPal")


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


def _products(page: Page, stack: Stack) -> None:
    steps.sign_in(page, stack, builders.merchant_of(builders.an_offer()))
    page.goto(f"{stack.url}/products")


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
    steps.sign_in(page, stack, builders.a_merchant(keys=False, new=True))
    expect(page.get_by_text("premiers pas")).to_be_visible()


def _keys_guide(page: Page, stack: Stack) -> None:
    steps.sign_in(page, stack, builders.a_merchant())
    page.goto(f"{stack.url}/help/paypal-keys")


STATES: list[Callable[[Page, Stack], None]] = [
    *(_login, _login_refused, _customers, _no_customers, _none_found),
    *(_record, _record_as_viewer, _empty_record, _profile),
    *(_dialog, _dialog_with_error, _form_page, _waiting, _refused, _done, _needs_attention, _lost_connection),
    *(_tab("access"), _tab("payments"), _tab("journal"), _empty_tab("access"), _empty_tab("payments")),
    *(_empty_tab("journal"), _giving_access, _grant, _grant_withdrawal, _profile_with_error, _profile_as_viewer),
    *(_dialog_with_letter, _empty_mailbox, _mailbox, _message),
    *(_portal_door, _portal_code, _portal_code_spent, _portal_subscriptions, _portal_without_subscriptions),
    *(_pausing, _correcting, _adding_a_manual_one, _recording_a_payment),
    *(_attention, _nothing_to_do, _ending_without_paypal, _unconfirmed),
    *(_keys_page, _keys_tried, _keys_with_error, _keys_with_changes_under_way, _keys_deletion, _keys_guide),
    _keys_with_notifications,
    *(_record_without_keys, _first_steps),
    *(_portal_options, _portal_options_refused, _legal_request),
    *(_products, _no_products, _product, _rules, _help, _help_for_a_product, _not_found),
    *catalogue_states.STATES,
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__.strip("_"))
def test_a_page_is_accessible_light_and_dark_wide_and_narrow(
    page: Page, stack: Stack, html_checker: str, state: Callable[[Page, Stack], None]
) -> None:
    state(page, stack)
    page.evaluate(_COLOURS_ARRIVED)
    assert _violations(page) == []
    page.emulate_media(color_scheme="dark")
    page.evaluate(_COLOURS_ARRIVED)
    assert _violations(page, runOnly=["color-contrast"]) == [], "in the dark"
    assert page.evaluate("window.violations") == []
    assert page.evaluate(_TOO_SMALL) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, "it scrolls sideways at 320 px"
    _keep_pictures(page, state.__name__.strip("_"))
    assert _html_errors(page.content(), html_checker) == []


def _violations(page: Page, **options: list[str]) -> list[tuple[str, list[str]]]:
    found = AXE.run(page, options=options).response["violations"]
    return [(violation["id"], [node["html"][:120] for node in violation["nodes"]]) for violation in found]


def _keep_pictures(page: Page, name: str) -> None:
    """With KOONEO_PICTURES=<folder>, so that somebody can look at them."""
    folder = os.environ.get("KOONEO_PICTURES")
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
