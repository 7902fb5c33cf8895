"""What every page of Kooneo keeps to. The tests' browser checks each answer that it gets."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator

from flask import Flask
from werkzeug.test import TestResponse

from kooneo.security import content_security_policy

from .html import UNSEEN, Element, read

_ASKS = frozenset({"input", "select", "textarea"})
_ORDINARY_SPACE = re.compile(r"[ \t\n](?=[:;?!»])|«[ \t\n]")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

FILE_POLICY = "sandbox; default-src 'none'"
_FILE = re.compile(r"/contents/[0-9a-f-]{36}/file$|/picture/\w+$")


def check(response: TestResponse, app: Flask) -> Element | None:
    """The page, read; None when it is not HTML."""
    check_headers(response)
    if response.mimetype != "text/html" or not response.data or 300 <= response.status_code <= 399:
        return None  # the body of a redirection is Werkzeug's, and nobody reads it
    page = read(response.text)
    if page.find_all("html"):
        _is_a_whole_page(page)
    _ids_are_unique(page)
    _controls_are_labelled(page)
    _references_lead_somewhere(page)
    _is_typeset(page)
    _keeps_the_policy(page)
    assert content_security_policy(app.config["SETTINGS"]) == _POLICY
    return page


def check_headers(response: TestResponse) -> None:
    headers = response.headers
    is_file = response.mimetype != "text/html" and _FILE.search(response.request.path) is not None
    assert headers.get_all("Content-Security-Policy") == [FILE_POLICY if is_file else _POLICY]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "HX-Request" in headers["Vary"]
    if is_file:
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cache-Control"].startswith("private, ")
    elif not response.request.path.startswith("/static/"):
        assert headers["Cache-Control"] == "no-store"


def _is_a_whole_page(page: Element) -> None:
    assert page.find("html")["lang"] == "fr"
    headings = page.find_all("h1")
    assert len(headings) == 1, f"a page has one h1, this one {len(headings)}"
    assert len(page.find_all("main")) == 1
    assert "".join(str(child) for child in page.find("title").children).strip()
    assert page.find("meta", name="csrf-token")["content"]
    levels = [int(element.tag[1]) for element in page.inside() if re.fullmatch("h[1-6]", element.tag)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), f"headings jump: {levels}"


def _ids_are_unique(page: Element) -> None:
    ids = Counter(element["id"] for element in page.inside() if "id" in element.attributes)
    assert [element_id for element_id, count in ids.items() if count > 1] == []


def _controls_are_labelled(page: Element) -> None:
    labelled = {label["for"] for label in page.find_all("label") if "for" in label.attributes}
    for control in page.inside():
        if control.tag not in _ASKS or control.get("type") in ("hidden", "submit"):
            continue
        named = control.get("aria-label") or control.get("aria-labelledby") or control.get("id") in labelled
        assert named or any(parent.tag == "label" for parent in control.ancestors()), f"no label: {control.attributes}"
    for button in [*page.find_all("button"), *page.find_all("a")]:
        images = [image.get("aria-label") for image in button.inside()]
        assert button.text or button.get("aria-label") or any(images), (
            f"says nothing: <{button.tag} {button.attributes}>"
        )


def _references_lead_somewhere(page: Element) -> None:
    ids = {element["id"] for element in page.inside() if "id" in element.attributes}
    for element in page.inside():
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            missing = set(element.get(name).split()) - ids
            assert not missing, f"{name} of <{element.tag}> names {missing}, which is not in the page"


def _is_typeset(page: Element) -> None:
    attributes = [
        element[name]
        for element in page.inside()
        for name in ("aria-label", "title", "placeholder", "alt")
        if name in element.attributes
    ]
    for text in [*_our_texts(page), *attributes]:
        assert "'" not in text, f"a straight apostrophe: {text!r} (use gettext, which typesets it)"
        assert not _ORDINARY_SPACE.search(text.strip()), f"an ordinary space beside a high sign: {text!r}"


def _our_texts(element: Element) -> Iterator[str]:
    """Without what somebody typed: running text stays as its author wrote it."""
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif child.tag not in (*UNSEEN, "textarea") and "prose" not in child.get("class").split():
            yield from _our_texts(child)


def _keeps_the_policy(page: Element) -> None:
    for element in page.inside():
        assert "style" not in element.attributes, f"inline style: <{element.tag}>"
        assert not [name for name in element.attributes if name.startswith(("on", "hx-on"))], (
            f"inline script: <{element.tag}>"
        )
        assert element.tag != "style"
        assert element.tag != "script" or element.get("src").startswith("/static/")
    for form in page.find_all("form"):
        if form.get("method").lower() == "post":
            assert form.find_all("input", name="csrf_token"), f"no CSRF token in the form to {form.get('action')}"
