"""The picture of a product: chosen, described, shown, replaced, removed, refused."""

import io
import shutil
from typing import Any

import pytest
from files import samples
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from support.browser import Browser, signed_in
from support.builders import a_member, a_merchant, a_product, merchant_of, with_picture
from support.page_rules import FILE_POLICY
from support.running import fresh, in_app
from werkzeug.test import TestResponse

from kooneo.accounts.models import Role
from kooneo.catalog.models import Product
from kooneo.extensions import db
from kooneo.files.models import StoredFile
from kooneo.files.receiving import PICTURE_LIMIT

from .customers import events_of

pytestmark = pytest.mark.usefixtures("app")


def _png(width: int = 300, height: int = 200) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width, height), "#5a2d6e").save(data, "PNG")
    return data.getvalue()


@in_app
def _stored(merchant_id: Any) -> int:
    return db.session.scalars(select(func.count(StoredFile.id)).filter_by(merchant_id=merchant_id)).one()


class Painter:
    def __init__(self, product: Product | None = None) -> None:
        self.product = product or a_product()
        self.browser: Browser = signed_in(a_member(merchant_of(self.product), role=Role.MEMBER))
        self.form = f"/products/{self.product.id}/picture"

    def sends(self, name: str, data: bytes, alt: str = "") -> TestResponse:
        return self.browser.post(self.form, {"file": (io.BytesIO(data), name), "alt": alt})


def test_a_picture_is_shown_in_two_sizes_and_said_in_words() -> None:
    painter = Painter()
    assert painter.sends("modele.png", _png(), "Un carré violet").status_code == 303
    large = painter.browser.open(f"/products/{painter.product.id}").find("img")
    small = painter.browser.open("/products").find("img")
    assert (large["alt"], small["alt"]) == ("Un carré violet", "")
    for image, size in ((large, (300, 200)), (small, (160, 160))):
        response = painter.browser.get(image["src"])
        assert (response.status_code, response.mimetype) == (200, "image/webp")
        assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert response.headers["Content-Security-Policy"] == FILE_POLICY
        with Image.open(io.BytesIO(response.data)) as opened:
            assert opened.size == size
    assert painter.browser.get(f"{painter.form}/large").headers["Cache-Control"] == "private, no-store"
    assert events_of(painter.product) == [("product.picture_changed", None, None)]


def test_another_picture_has_another_address_and_its_words_change_alone() -> None:
    painter = Painter()
    addresses = set()
    for _ in range(2):
        painter.sends("modele.png", _png(), "Un carré")
        addresses.add(painter.browser.open(f"/products/{painter.product.id}").find("img")["src"])
    assert len(addresses) == 2
    assert painter.browser.open(painter.form).by_id("alt")["value"] == "Un carré"
    for _ in range(2):
        assert painter.browser.post(painter.form, {"alt": "Une étoile"}).status_code == 303
    assert painter.browser.open(f"/products/{painter.product.id}").find("img")["alt"] == "Une étoile"
    assert len(events_of(painter.product)) == 3


def test_a_picture_is_removed() -> None:
    painter = Painter(with_picture(a_product(), "Un carré"))
    for _ in range(2):
        assert painter.browser.post(f"{painter.form}/removal").status_code == 303
    assert not painter.browser.open(f"/products/{painter.product.id}").find_all("img")
    assert painter.browser.get(f"{painter.form}/large").status_code == 404
    assert fresh(painter.product).picture_alt == ""
    assert [event for event, *_ in events_of(painter.product)][1:] == ["product.picture_removed"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("", b"", "Choisissez une image."),
        ("modele.gif", samples.GIF, "Choisissez une image JPEG"),
        ("modele.svg", samples.REFUSED["dessin.svg"], "Choisissez une image JPEG"),
        ("modele.png", samples.HTML, "Choisissez une image JPEG"),
        ("modele.png", samples.PNG, "Choisissez une image JPEG"),
        ("modele.jpg", _png(), "Choisissez une image JPEG"),
        ("modele.png", b"", "Ce fichier est vide"),
        ("modele.png", samples.PNG + bytes(PICTURE_LIMIT), "Ce fichier dépasse 5\u00a0Mo"),
        ("modele.png", _png(8000, 8000), "plus de 50 millions de pixels"),
    ],
)
def test_what_is_no_picture_is_refused_and_the_words_are_kept(name: str, data: bytes, said: str) -> None:
    painter = Painter()
    assert painter.sends(name, data, "Gardé").status_code == 422
    assert said in painter.browser.page.by_id("file-error").text
    assert painter.browser.page.by_id("alt")["value"] == "Gardé"
    assert _stored(painter.product.merchant_id) == 0


def test_without_room_the_old_picture_stays(app: Flask) -> None:
    painter = Painter(with_picture(a_product()))
    files = app.config["SETTINGS"].instance / "files"
    shutil.rmtree(files)
    files.write_bytes(b"here should be a folder")
    assert painter.sends("modele.png", _png()).status_code == 422
    assert "n’a pas pu être enregistré" in painter.browser.page.by_id("file-error").text
    assert fresh(painter.product).picture_large_id == painter.product.picture_large_id


def test_a_viewer_sees_it_and_a_stranger_does_not() -> None:
    product = with_picture(a_product(a_merchant()))
    address = f"/products/{product.id}/picture"
    viewer = signed_in(a_member(merchant_of(product), role=Role.VIEWER))
    assert [viewer.get(path).status_code for path in (f"{address}/small", address)] == [200, 403]
    assert viewer.post(f"{address}/removal").status_code == 403
    stranger = signed_in(a_member())
    assert [stranger.get(path).status_code for path in (f"{address}/small", address)] == [404, 404]
    assert Browser().get(f"{address}/small").status_code == 302
