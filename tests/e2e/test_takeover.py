"""Taking over what lives at PayPal: five hundred with the worker killed in the middle, and the same without script."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support import builders, paypal
from takeover.acting import a_document, lives_at_paypal, rows_of

from kooneo.accounts.models import Merchant

from . import steps
from .stack import Stack, until

PATIENCE_MS = 180_000


def open_import(page: Page, stack: Stack, merchant: Merchant) -> None:
    steps.sign_in(page, stack, merchant)
    page.goto(f"{stack.url}/settings/paypal/import")


def has_state(page: Page, state: str) -> None:
    expect(page.locator("#takeover")).to_have_attribute("data-state", state, timeout=PATIENCE_MS)


def test_five_hundred_with_the_worker_killed_in_the_middle(page: Page, stack: Stack) -> None:
    merchant = builders.a_merchant()
    documents = [a_document(merchant, months=1) for _ in range(500)]
    documents[0] |= {"given_name": "Zélie", "surname": "Aaron", "email": "zelie@client.test"}
    paypal.has(*documents)
    open_import(page, stack, merchant)
    page.get_by_role("button", name="Chercher mes abonnements").click()
    has_state(page, "reading")
    page.evaluate("window.stayed = true")
    expect(page.get_by_role("heading", name="500 abonnements trouvés : 500 en cours")).to_be_visible(
        timeout=PATIENCE_MS
    )
    assert steps.did_not_reload(page)
    assert steps.announcements(page) == ["En attente de votre accord"]

    page.get_by_role("button", name="Reprendre 500 abonnements").click()
    has_state(page, "running")
    expect(page.locator("#takeover-progress")).to_contain_text("abonnements repris sur 500", timeout=PATIENCE_MS)
    until(lambda: rows_of(merchant)["subscriptions"] >= 100, "a hundred are taken over", PATIENCE_MS / 1000)
    stack.kill_worker()
    assert rows_of(merchant)["subscriptions"] < 500
    page.goto(f"{stack.url}/customers")
    stack.start_worker()
    page.goto(f"{stack.url}/settings/paypal/import")
    expect(page.get_by_role("heading", name="500 abonnements repris")).to_be_visible(timeout=PATIENCE_MS)

    page.goto(f"{stack.url}/customers")
    expect(page.locator("#count")).to_have_text("500 clients")
    page.get_by_role("link", name="Zélie Aaron").click()
    card = page.locator(f"[data-paypal-id={documents[0]['id']}]")
    steps.has_status(card, "active", "En cours")
    steps.ask(page, card, steps.CANCEL)
    steps.has_status(card, "cancelled", "Annulé")
    assert paypal.status(documents[0]["id"]) == "CANCELLED"


@pytest.mark.usefixtures("app")
def test_by_ids_without_script(browser: Browser, stack: Stack, tmp_path: Path) -> None:
    merchant = builders.a_merchant()
    pasted, in_file = lives_at_paypal(merchant), lives_at_paypal(merchant)
    table = tmp_path / "export.csv"
    table.write_text(f"Client;Abonnement\nAlice;{in_file}\n")
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    open_import(page, stack, merchant)
    page.get_by_role("button", name="Lire ces identifiants").click()
    expect(page.get_by_role("alert")).to_contain_text("Collez au moins un identifiant")
    page.get_by_label("Identifiants d’abonnement").fill(f"{pasted}\nS-ANCIEN")
    page.get_by_label("Ou un fichier").set_input_files(table)
    page.get_by_role("button", name="Lire ces identifiants").click()
    _refresh_until(page, "ready")
    expect(page.get_by_role("heading", name="2 abonnements trouvés : 2 en cours ; 1 non repris")).to_be_visible()
    expect(page.get_by_role("row", name="S-ANCIEN")).to_contain_text("non géré par cette API")
    page.get_by_role("button", name="Reprendre 2 abonnements").click()
    _refresh_until(page, "done")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger en CSV").click()
    assert pasted in download.value.path().read_text(encoding="utf-8-sig")
    context.close()


def _refresh_until(page: Page, state: str) -> None:
    """What somebody does who has no script."""
    for _ in range(200):
        if page.locator(f"#takeover[data-state={state}]").count():
            return
        page.get_by_role("link", name="Actualiser").click()
    raise AssertionError(f"never {state}")
