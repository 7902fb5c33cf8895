"""What a content holds: typed, previewed, refused, shown to the team."""

import pytest
from support.browser import Browser, signed_in
from support.builders import a_member, a_product, contents_of, merchant_of
from support.running import in_app

from kooneo.accounts.models import Role
from kooneo.catalog.models import Content, Product
from kooneo.extensions import db

from .customers import events_of
from .hostile import PAYLOADS

pytestmark = pytest.mark.usefixtures("app")

TYPED = {
    "title": "Le ciel",
    "unlock_after_days": "0",
    "text": "# Mouiller\n\nDeux **fois**.",
    "video_url": "https://youtu.be/1",
}


def _editor(product: Product, role: Role = Role.MEMBER) -> Browser:
    return signed_in(a_member(merchant_of(product), role=role))


@in_app
def _held(content: Content) -> dict[str, str]:
    row = db.session.get_one(Content, content.id)
    return {"title": row.title, "text": row.text, "video_url": row.video_url}


def test_a_content_is_shown_as_the_customer_reads_it() -> None:
    product = a_product()
    editor = _editor(product)
    editor.open(f"/products/{product.id}")
    editor.post(f"/products/{product.id}/contents/new", TYPED)
    content = contents_of(product)[-1]
    page = editor.open(f"/contents/{content.id}")
    assert page.find("h1").text == "Le ciel"
    prose = page.find("div", cls="prose")
    assert (prose.find("h2").text, prose.find("strong").text) == ("Mouiller", "fois")
    video = page.find("a", href="https://youtu.be/1")
    assert (video.text, video["target"], video["rel"]) == ("Regarder la vidéo", "_blank", "noopener noreferrer")
    assert "YouTube, dans un nouvel onglet" in page.text


def test_an_empty_content_says_so() -> None:
    product = a_product()
    editor = _editor(product)
    first, *_others = contents_of(product)
    assert "Ce contenu est vide" in editor.open(f"/contents/{first.id}").text
    editor.post(f"/contents/{first.id}/edit", TYPED)
    lines = editor.open(f"/products/{product.id}").find("ol", cls="lines").find_all("li")
    assert ["Vide" in line.text for line in lines] == [False, True, True]


def test_what_it_holds_is_changed_and_the_journal_says_which_parts() -> None:
    product = a_product()
    content = contents_of(product)[0]
    editor = _editor(product)
    form = editor.open(f"/contents/{content.id}/edit")
    assert form.by_id("text").text == ""
    for _ in range(2):
        response = editor.post(f"/contents/{content.id}/edit", TYPED)
        assert (response.status_code, response.location) == (303, f"/contents/{content.id}")
    assert _held(content) == {name: TYPED[name] for name in ("title", "text", "video_url")}
    assert events_of(content) == [("content.changed", None, None)]
    form = editor.open(f"/contents/{content.id}/edit")
    assert "Deux **fois**." in form.by_id("text").text
    assert form.by_id("video_url")["value"] == TYPED["video_url"]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("text", "é" * 30_001, "30000 caractères au plus"),
        ("video_url", "http://youtu.be/1", "commence par https://"),
        ("video_url", "youtu.be/1", "commence par https://"),
        ("video_url", "javascript:alert(1)", "commence par https://"),
        ("video_url", "https://youtube.com@ailleurs.test/", "commence par https://"),
        ("video_url", "https://youtube.com\\@ailleurs.test/", "commence par https://"),
        ("video_url", "https://[::1", "commence par https://"),
        ("video_url", "https://a.test:port/", "commence par https://"),
        ("video_url", "https://interne/", "commence par https://"),
        ("video_url", "https://exemple.test/" + "a" * 500, "500 caractères au plus"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_everything_typed_is_kept(field: str, typed: str, said: str) -> None:
    product = a_product()
    content = contents_of(product)[0]
    before = _held(content)
    editor = _editor(product)
    editor.open(f"/contents/{content.id}/edit")
    response = editor.post(f"/contents/{content.id}/edit", TYPED | {field: typed})
    assert response.status_code == 422
    page = editor.page
    assert said in page.by_id(f"{field}-error").text
    kept = {"title": page.by_id("title")["value"], "text": page.by_id("text").text.strip()}
    kept["video_url"] = page.by_id("video_url")["value"]
    assert kept == {name: (TYPED | {field: typed})[name].replace("\n\n", " ") for name in kept} or field == "text"
    assert _held(content) == before


@pytest.mark.parametrize("address", ["https://exemple.test/a%20b?c=d#e", "https://exemple.test:8443/x"])
def test_any_https_address_is_a_video(address: str) -> None:
    product = a_product()
    content = contents_of(product)[0]
    editor = _editor(product)
    editor.open(f"/contents/{content.id}/edit")
    assert editor.post(f"/contents/{content.id}/edit", TYPED | {"video_url": address}).status_code == 303
    assert _held(content)["video_url"] == address


@pytest.mark.parametrize("htmx", [False, True])
def test_a_preview_shows_the_text_and_saves_nothing(htmx: bool) -> None:
    product = a_product()
    content = contents_of(product)[0]
    editor = _editor(product)
    for address in (f"/contents/{content.id}/edit", f"/products/{product.id}/contents/new"):
        editor.open(address)
        response = editor.post(address, {"text": "Du **gras**", "title": "", "preview": "text"}, htmx=htmx)
        assert response.status_code == 200
        preview = editor.page.by_id("preview")
        assert "hidden" not in preview.attributes
        assert preview.find("strong").text == "gras"
        assert bool(editor.page.find_all("form")) is not htmx
    assert _held(content)["text"] == ""
    assert len(contents_of(product)) == 3


def test_a_viewer_reads_it_and_changes_nothing() -> None:
    product = a_product()
    content = contents_of(product)[0]
    viewer = _editor(product, Role.VIEWER)
    page = viewer.open(f"/contents/{content.id}")
    assert "Modifier" not in page.find("main").text
    for preview in ({}, {"preview": "text"}):
        assert viewer.post(f"/contents/{content.id}/edit", TYPED | preview).status_code == 403


def test_a_hostile_text_keeps_the_page_whole() -> None:
    """The browser of the tests checks every page: its policy, its ids, its tags, its headings."""
    product = a_product()
    content = contents_of(product)[0]
    editor = _editor(product)
    editor.open(f"/contents/{content.id}/edit")
    for source in PAYLOADS:
        editor.post(f"/contents/{content.id}/edit", TYPED | {"text": source})
        assert _held(content)["text"]
        page = editor.open(f"/contents/{content.id}")
        assert not [link for link in page.find_all("a") if "script:" in link.get("href")]
