"""What a content holds, in a real browser: typed, sent, downloaded; and what is hostile in it stays words."""

from pathlib import Path

import pytest
from catalog.hostile import PAYLOADS
from files import samples
from playwright.sync_api import Page, expect
from support import builders

from . import steps
from .stack import Stack


def test_a_content_with_a_text_a_video_and_a_file(anyone: Page, stack: Stack) -> None:
    page = anyone
    product = builders.a_product(contents=())
    steps.sign_in(page, stack, builders.merchant_of(product))
    page.goto(f"{stack.url}/products/{product.id}/contents/new")
    page.locator("#file").set_input_files({"name": "fiche.pdf", "mimeType": "application/pdf", "buffer": samples.PDF})
    page.get_by_label("Texte").fill("Du papier **coton**.")
    page.get_by_role("button", name="Aperçu du texte").click()
    expect(page.locator("#preview strong")).to_have_text("coton")
    page.get_by_label("Adresse de la vidéo").fill("youtu.be/1")
    page.get_by_role("button", name="Ajouter le contenu").click()
    expect(page.get_by_role("alert").first).to_contain_text("2 réponses sont à corriger")
    expect(page.locator(".kept-file")).to_contain_text("fiche.pdf")
    page.get_by_label("Titre").fill("Le papier")
    page.get_by_label("Adresse de la vidéo").fill("https://youtu.be/1")
    page.get_by_role("button", name="Ajouter le contenu").click()
    page.get_by_role("link", name="Le papier", exact=True).click()
    expect(page.locator(".prose strong")).to_have_text("coton")
    expect(page.get_by_role("link", name="Regarder la vidéo")).to_have_attribute("target", "_blank")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger le fichier").click()
    assert download.value.suggested_filename == "fiche.pdf"
    assert Path(download.value.path()).read_bytes() == samples.PDF


def test_a_file_that_is_too_large_is_not_even_sent(page: Page, stack: Stack, tmp_path: Path) -> None:
    product = builders.a_product()
    steps.sign_in(page, stack, builders.merchant_of(product))
    page.goto(f"{stack.url}/products/{product.id}/picture")
    large = tmp_path / "grande.png"
    large.write_bytes(bytes(5_000_001))
    page.locator("#file").set_input_files(large)
    expect(page.locator("#file-size")).to_contain_text("dépasse 5 Mo")
    assert page.locator("#file").input_value() == ""


@pytest.mark.any_engine
def test_what_is_hostile_stays_words(page: Page, stack: Stack) -> None:
    """The `page` fixture fails the test for a violated policy; here nothing may even try."""
    product = builders.a_product()
    content = builders.a_content_with_file(product, name='"><img src=x onerror=alert(1)>.txt')
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    steps.sign_in(page, stack, builders.merchant_of(product))
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    for source in PAYLOADS:
        builders.holds(content, text=source)
        page.goto(f"{stack.url}/contents/{content.id}")
        prose = page.locator(".prose")
        strange = "*:not(p, br, strong, em, a, ul, ol, li, blockquote, code, pre, hr, h2, h3, h4, h5, h6)"
        assert prose.locator(strange).count() == 0, source
        addresses = prose.locator("a[href]").evaluate_all("links => links.map((link) => link.protocol)")
        assert set(addresses) <= {"https:", "http:", "mailto:"}, source
        page.evaluate(
            "[...document.querySelectorAll('.prose *')].forEach((one) => one.dispatchEvent(new Event('mouseover')))"
        )
        assert page.evaluate("window.violations") == [], source
    assert dialogs == []
    assert not [url for url in requests if "ailleurs" in url or "exemple" in url]
