"""The file of a content: sent, kept through corrections, replaced, downloaded, refused."""

import shutil
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from files import samples
from flask import Flask
from sqlalchemy import select
from support.acting import later, run_schedule
from support.browser import Browser, signed_in
from support.builders import (
    a_content_with_file,
    a_member,
    a_merchant,
    a_product,
    a_stored_file,
    contents_of,
    merchant_of,
)
from support.page_rules import FILE_POLICY
from support.running import in_app, running_app
from werkzeug.test import TestResponse

from kooneo.accounts.models import Role
from kooneo.catalog.models import Content, Product
from kooneo.extensions import db
from kooneo.files.models import StoredFile
from kooneo.files.receiving import CONTENT_LIMIT
from kooneo.files.services import sweep

from .customers import events_of

pytestmark = pytest.mark.usefixtures("app")

TYPED = {"title": "La fiche", "unlock_after_days": "0", "text": "", "video_url": ""}


@in_app
def _file_of(content: Content) -> StoredFile | None:
    file_id = db.session.get_one(Content, content.id).file_id
    return db.session.get_one(StoredFile, file_id) if file_id else None


@in_app
def _stored(merchant_id: Any) -> list[StoredFile]:
    return list(db.session.scalars(select(StoredFile).filter_by(merchant_id=merchant_id)))


class Author:
    """A member at the form of one content."""

    def __init__(self, role: Role = Role.MEMBER) -> None:
        self.product: Product = a_product()
        self.merchant = merchant_of(self.product)
        self.content = contents_of(self.product)[0]
        self.browser: Browser = signed_in(a_member(self.merchant, role=role))
        self.form = f"/contents/{self.content.id}/edit"
        self.file = f"/contents/{self.content.id}/file"

    def sends(self, name: str, data: bytes, **typed: str) -> TestResponse:
        return self.browser.post(self.form, TYPED | {"file": (BytesIO(data), name)} | typed)

    def hidden(self) -> dict[str, str]:
        """What the form that is shown would send of the file it keeps."""
        return {field["name"]: field["value"] for field in self.browser.page.find_all("input", name="kept_file")}


@pytest.mark.parametrize("name", ["fiche.pdf", "film.mp4", "ancien.csv"])
def test_a_file_is_sent_shown_and_downloaded(name: str) -> None:
    author = Author()
    data, media_type = samples.GOOD[name]
    assert author.sends(name, data).status_code == 303
    page = author.browser.open(f"/contents/{author.content.id}")
    assert page.find("a", href=author.file).text == "Télécharger le fichier"
    assert f"{name}, {len(data)}\u00a0octets" in page.text
    response = author.browser.get(author.file)
    assert (response.status_code, response.data, response.mimetype) == (200, data, media_type)
    assert response.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == FILE_POLICY
    assert response.headers["Cache-Control"] == "private, no-store"
    assert [event for event, *_ in events_of(author.content)] == ["content.changed"]


def test_a_picture_is_also_shown() -> None:
    author = Author()
    author.sends("modele.png", samples.PNG)
    page = author.browser.open(f"/contents/{author.content.id}")
    assert page.find("img", src=author.file)["alt"] == ""
    assert author.browser.get(author.file).headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", samples.POLYGLOTS)
def test_a_file_that_is_also_a_page_is_never_shown_as_one(name: str) -> None:
    author = Author()
    assert author.sends(name, samples.POLYGLOTS[name]).status_code == 303
    response = author.browser.get(author.file)
    assert response.data == samples.POLYGLOTS[name]
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Security-Policy"] == FILE_POLICY
    assert "html" not in response.mimetype


@pytest.mark.parametrize("name", ["page.html", "dessin.svg", "programme.exe", "page.txt", "photo.png", "fiche.pdf"])
def test_what_is_refused_is_said_beside_the_field_and_the_rest_is_kept(name: str) -> None:
    author = Author()
    assert author.sends(name, samples.REFUSED[name], title="Gardé").status_code == 422
    assert "Ce fichier n’est pas accepté" in author.browser.page.by_id("file-error").text
    assert author.browser.page.by_id("title")["value"] == "Gardé"
    assert author.hidden() == {}
    assert _stored(author.merchant.id) == []


def test_an_empty_file_is_refused() -> None:
    author = Author()
    assert author.sends("fiche.pdf", b"").status_code == 422
    assert "Ce fichier est vide" in author.browser.page.by_id("file-error").text


@pytest.mark.parametrize(
    ("sent", "shown", "header"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf", "filename=passwd.pdf"),
        ("l’été.pdf", "l’été.pdf", "filename*=UTF-8''l%E2%80%99%C3%A9t%C3%A9.pdf"),
        ("夏.pdf", "夏.pdf", "filename*=UTF-8''%E5%A4%8F.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf", "<img src=x"),
    ],
)
def test_a_name_is_shown_and_sent_as_a_name(sent: str, shown: str, header: str) -> None:
    author = Author()
    assert author.sends(sent, samples.PDF).status_code == 303
    assert shown in author.browser.open(f"/contents/{author.content.id}").text
    disposition = author.browser.get(author.file).headers["Content-Disposition"]
    assert disposition.startswith("attachment; ")
    assert header in disposition
    assert not set(disposition) & set("\r\n")


def test_quotes_in_a_name_end_nothing() -> None:
    content = a_content_with_file(a_product(), name='a"; filename=x.html;.txt')
    response = signed_in(a_member(merchant_of(content))).get(f"/contents/{content.id}/file")
    assert response.headers["Content-Disposition"] == 'attachment; filename="a\\"; filename=x.html;.txt"'


def test_a_file_is_not_chosen_twice_when_something_else_is_to_be_corrected() -> None:
    author = Author()
    assert author.sends("fiche.pdf", samples.PDF, title="").status_code == 422
    assert "fiche.pdf" in author.browser.page.find("p", cls="kept-file").text
    assert _file_of(author.content) is None
    assert author.browser.post(author.form, TYPED | author.hidden()).status_code == 303
    file = _file_of(author.content)
    assert file is not None
    assert (file.name, file.size) == ("fiche.pdf", len(samples.PDF))


def test_a_preview_without_script_keeps_the_file_that_was_chosen() -> None:
    author = Author()
    assert author.sends("fiche.pdf", samples.PDF, title="", preview="text").status_code == 200
    assert not author.browser.page.find("main").find_all("div", role="alert")
    assert author.hidden()["kept_file"]
    assert _file_of(author.content) is None


def test_a_file_is_replaced_kept_and_taken_away() -> None:
    author = Author()
    author.sends("fiche.pdf", samples.PDF)
    author.browser.open(author.form)
    author.sends("notes.txt", b"notes", **author.hidden())
    file = _file_of(author.content)
    assert file is not None
    assert file.name == "notes.txt"
    author.browser.open(author.form)
    author.browser.post(author.form, TYPED | author.hidden() | {"title": "Autre"})
    assert _file_of(author.content) is not None
    author.browser.post(author.form, TYPED | author.hidden() | {"drop_file": "y"})
    assert _file_of(author.content) is None
    assert author.browser.get(author.file).status_code == 404


def test_a_file_that_was_swept_meanwhile_is_asked_for_again() -> None:
    author = Author()
    stranger = Author()
    stranger.sends("fiche.pdf", samples.PDF)
    foreign = _file_of(stranger.content)
    assert foreign is not None
    author.browser.open(author.form)
    for gone in (foreign.id, "00000000-0000-4000-8000-000000000000"):
        response = author.browser.post(author.form, TYPED | {"kept_file": str(gone)})
        assert response.status_code == 422
        assert "n’est plus sur le serveur" in author.browser.page.by_id("file-error").text
        assert _file_of(author.content) is None
    assert author.browser.post(author.form, TYPED | {"kept_file": "rien"}).status_code == 303


def test_a_file_that_is_too_large_is_let_go_and_everything_typed_is_kept() -> None:
    author = Author()
    response = author.sends("fiche.pdf", samples.PDF + bytes(CONTENT_LIMIT), title="Gardé", text="Gardé aussi")
    assert response.status_code == 422
    page = author.browser.page
    assert "Ce fichier dépasse 100\u00a0Mo" in page.by_id("file-error").text
    assert (page.by_id("title")["value"], page.by_id("text").text) == ("Gardé", "Gardé aussi")
    assert _stored(author.merchant.id) == []


def test_a_request_that_is_larger_than_any_is_not_read() -> None:
    author = Author()
    environ = {"CONTENT_LENGTH": "1000000001"}
    response = author.browser.client.post(
        author.form, content_type="multipart/form-data; boundary=x", environ_overrides=environ
    )
    assert response.status_code == 413
    assert "Un fichier fait au plus 100\u00a0Mo" in response.text


def test_other_forms_stay_small() -> None:
    author = Author()
    response = author.browser.post(f"/products/{author.product.id}/edit", {"title": "é" * 300_000})
    assert response.status_code == 413
    assert "Cet envoi est trop volumineux" in author.browser.page.text


def test_without_room_nothing_is_changed_and_it_is_said(app: Flask) -> None:
    author = Author()
    author.sends("fiche.pdf", samples.PDF)
    files = app.config["SETTINGS"].instance / "files"
    shutil.rmtree(files)
    files.write_bytes(b"here should be a folder")
    response = author.sends("notes.txt", b"notes", title="Gardé")
    assert response.status_code == 422
    assert "n’a pas pu être enregistré" in author.browser.page.by_id("file-error").text
    assert author.browser.page.by_id("title")["value"] == "Gardé"
    file = _file_of(author.content)
    assert file is not None
    assert file.name == "fiche.pdf"
    assert len(_stored(author.merchant.id)) == 1


def test_a_file_comes_in_parts_when_it_is_asked_for_in_parts() -> None:
    author = Author()
    author.sends("film.mp4", samples.GOOD["film.mp4"][0])
    response = author.browser.get(author.file, headers={"Range": "bytes=4-7"})
    assert (response.status_code, response.data) == (206, b"ftyp")


def test_the_whole_team_downloads_and_nobody_else() -> None:
    content = a_content_with_file(a_product())
    address = f"/contents/{content.id}/file"
    viewer = signed_in(a_member(merchant_of(content), role=Role.VIEWER))
    assert viewer.get(address).status_code == 200
    assert viewer.post(f"/contents/{content.id}/edit", TYPED).status_code == 403
    stranger = signed_in(a_member())
    assert stranger.get(address).status_code == 404
    assert Browser().get(address).status_code == 302


def test_a_removed_content_sends_no_file() -> None:
    content = a_content_with_file(a_product())
    owner = signed_in(a_member(merchant_of(content)))
    owner.post(f"/contents/{content.id}/removal")
    assert owner.get(f"/contents/{content.id}/file").status_code == 404
    assert _file_of(content) is None


def test_bytes_that_are_gone_are_said_to_be_missing(app: Flask) -> None:
    content = a_content_with_file(a_product())
    shutil.rmtree(app.config["SETTINGS"].instance / "files")
    assert signed_in(a_member(merchant_of(content))).get(f"/contents/{content.id}/file").status_code == 404


def test_a_merchants_files_have_so_much_room_and_no_more(app: Flask) -> None:
    name, (data, _media_type) = "fiche.pdf", samples.GOOD["fiche.pdf"]
    with running_app(replace(app.config["SETTINGS"], storage_quota=2 * len(data) - 1)):
        a_stored_file(a_merchant().id, data=b"x" * len(data))
        author = Author()
        assert author.sends(name, data).status_code == 303
        kept = _stored(author.merchant.id)
        refused = author.sends(name, data, text="Ce texte ne se perd pas.")
        assert refused.status_code == 422
        text = author.browser.page.text
        assert "Il ne reste pas assez de place" in text
        assert "Ce texte ne se perd pas." in text
        assert [file.id for file in _stored(author.merchant.id)] == [file.id for file in kept]
        assert author.browser.get(author.file).data == data
        folder = app.config["SETTINGS"].instance / "files" / str(author.merchant.id)
        assert [path.name for path in folder.iterdir()] == [str(file.id) for file in kept]

        author.browser.post(author.form, TYPED | {"drop_file": "y"})
        with later(days=1, minutes=1):
            run_schedule(sweep)
            author.browser = signed_in(a_member(author.merchant))
            assert author.sends(name, data).status_code == 303, "what was swept makes room"
