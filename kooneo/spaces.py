"""The back office, the customers' space, and what is in neither. A request's path tells which one it is for; each space has a
cookie of its own, signed apart, so that neither cookie is worth anything in the other space."""

from typing import Any

from flask import Flask, Request, request
from flask.sessions import SecureCookieSessionInterface, SessionInterface, SessionMixin
from werkzeug.wrappers import Response

PORTAL = "/portal/"
_FOR_MACHINES = "/webhooks/"
"""No person asks there: no cookie is read, none is set."""


def in_portal() -> bool:
    return request.path.startswith(PORTAL)


def for_machines() -> bool:
    return request.path.startswith(_FOR_MACHINES)


class _Cookie(SecureCookieSessionInterface):
    def __init__(self, name: str, salt: str) -> None:
        self._name = name
        self.salt = salt

    def get_cookie_name(self, app: Flask) -> str:
        return self._name


class SessionsBySpace(SessionInterface):
    def __init__(self, *, secure: bool) -> None:
        prefix = "__Host-" if secure else ""
        self._office = _Cookie(f"{prefix}kooneo_office", "back office")
        self._portal = _Cookie(f"{prefix}kooneo_portal", "portal")

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:
        if request.path.startswith(_FOR_MACHINES):
            return None
        return self._of(request.path).open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Any) -> None:
        given: Response = response
        self._of(request.path).save_session(app, session, given)  # type: ignore[arg-type]

    def _of(self, path: str) -> _Cookie:
        return self._portal if path.startswith(PORTAL) else self._office
