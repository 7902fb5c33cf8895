"""The demo's world as a visitor sees it, and the picture of it in the README (`make picture`)."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from .stack import ROOT, Stack

pytestmark = pytest.mark.any_engine


@pytest.fixture(scope="module")
def stack(paypal_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """With the demo's world in a database of its own."""
    folder = tmp_path_factory.mktemp("world")
    running = Stack(folder, f"sqlite:///{folder / 'kooneo.sqlite3'}", paypal_url)
    running.database_url = f"sqlite:///{folder / 'kooneo.sqlite3'}"  # type: ignore[attr-defined]
    running.command("seed")
    running.start()
    try:
        yield running
    finally:
        running.stop()


def test_a_visitor_of_the_demo_finds_camille(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/login")
    page.get_by_label("Adresse e-mail").fill("demo@kooneo.test")
    page.get_by_label("Mot de passe").fill("demo-kooneo-2026")
    page.get_by_role("button", name="Se connecter").click()
    page.goto(f"{stack.url}/customers?q=camille@client.test")
    page.locator(".table-name").click()
    expect(page.locator("section[data-status=active]")).to_have_count(1)
    expect(page.locator("section[data-status=cancelled]")).to_have_count(1)
    if os.environ.get("KOONEO_PICTURE"):
        page.screenshot(path=ROOT / "docs" / "record.png", full_page=True)
