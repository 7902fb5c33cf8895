"""A browser for tests: it keeps cookies, sends the CSRF token of the page that it is on, and checks every answer it gets."""

from typing import Any

from flask import Flask
from werkzeug.test import Cookie, TestResponse

from kooneo.accounts.models import TeamMember

from .builders import PASSWORD
from .html import Element
from .page_rules import check
from .running import current

ADDRESS = "192.0.2.10"


class Browser:
    def __init__(self, app: Flask | None = None, *, address: str = ADDRESS) -> None:
        self.app = app or current()
        self.client = self.app.test_client()
        self.address = address
        self.page = Element("", {}, None)
        """The last HTML that came, page or fragment."""
        self.token = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.send("GET", path, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """A form, with the token of the last whole page."""
        if not self.token:
            self.get("/login")
        return self.send("POST", path, data={"csrf_token": self.token} | (data or {}), **options)

    def send(
        self, method: str, path: str, *, htmx: bool = False, headers: dict[str, str] | None = None, **options: Any
    ) -> TestResponse:
        sent = ({"HX-Request": "true"} if htmx else {}) | (headers or {})
        response = self.client.open(
            path, buffered=True, method=method, headers=sent, environ_overrides={"REMOTE_ADDR": self.address}, **options
        )
        response.request.environ["wsgi.input"].close()  # of a large body it is a file
        page = check(response, self.app)
        if page is not None:
            self.page = page
            for meta in page.find_all("meta", name="csrf-token"):
                self.token = meta["content"]
        return response

    def open(self, path: str, **options: Any) -> Element:
        """A page that must be there."""
        response = self.get(path, **options)
        assert response.status_code == 200, f"{path} answers {response.status_code}"
        return self.page

    def sign_in(self, email: str, password: str = PASSWORD, **query: str) -> TestResponse:
        self.get("/login", query_string=query)
        return self.post("/login", {"email": email, "password": password}, query_string=query)

    def session_cookie(self) -> Cookie:
        cookie = self.client.get_cookie("kooneo_office")
        assert cookie is not None, "nobody is signed in"
        return cookie


def signed_in(member: TeamMember) -> Browser:
    """Somebody's browser, signed in by the form."""
    browser = Browser()
    response = browser.sign_in(member.email)
    assert response.status_code == 302, response.text
    browser.open("/customers")
    return browser


def key_in(page: Element) -> str:
    """The key of the change form in this page."""
    return page.find("input", name="change_key")["value"]
