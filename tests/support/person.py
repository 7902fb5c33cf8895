"""Somebody at a browser, over HTTP, before the real processes."""

import uuid
from contextlib import suppress

import requests
from werkzeug.test import Cookie

from .builders import PASSWORD
from .html import read


class Person:
    """A member of the team with a browser, who sends a form again when nobody answers."""

    def __init__(self, url: str, email: str) -> None:
        self._url, self._email = url, email
        self._session = requests.Session()

    def has_signed_in(self, cookie: Cookie) -> "Person":
        """With the cookie of a session that is there already: a password takes its time on purpose."""
        self._session.cookies.set(cookie.key, cookie.value)
        return self

    def opens(self, path: str) -> requests.Response:
        return self._session.get(f"{self._url}{path}", timeout=60)

    def signs_in(self) -> None:
        token = self._token(self._session.get(f"{self._url}/login", timeout=10).text)
        form = {"csrf_token": token, "email": self._email, "password": PASSWORD}
        self._session.post(f"{self._url}/login", data=form, timeout=10)

    def asks(self, subscription_id: uuid.UUID, path: str) -> None:
        address = f"{self._url}/subscriptions/{subscription_id}/{path}"
        page = self._session.get(address, timeout=10)
        if page.status_code != 200:
            return
        form = {"csrf_token": self._token(page.text), "change_key": str(uuid.uuid4()), "reason": ""}
        for _ in range(3):
            with suppress(requests.RequestException):
                if self._session.post(address, data=form, timeout=10, allow_redirects=False).status_code < 500:
                    return

    @staticmethod
    def _token(page: str) -> str:
        return str(read(page).find("meta", name="csrf-token")["content"])
