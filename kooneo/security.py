"""What every answer carries, whatever it is: fragments, errors and redirects too."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from flask import Flask, current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from kooneo.config import Settings
from kooneo.htmx import CDN_URL
from kooneo.spaces import SessionsBySpace, in_portal

View = TypeVar("View", bound=Callable[..., object])


def content_security_policy(settings: Settings) -> str:
    # A customer's browser asks nobody else for anything.
    scripts = f"'self' {CDN_URL}" if settings.htmx == "cdn" and not in_portal() else "'self'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def init_app(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=256 * 1024,  # but see accepts_up_to
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form left open over lunch still works
        # The token, not the referrer, is the proof; no page sends a referrer to another place.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = SessionsBySpace(secure=settings.secure)
    if settings.secure:
        # The servers listen on this machine only: behind https there is always one proxy, and it names the visitor.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = timedelta(days=365)
    app.url_defaults(_version(app))
    app.before_request(_limit)
    app.after_request(_secure)


def accepts_up_to(size: int) -> Callable[[View], View]:
    """Mark a view that takes larger requests, in bytes: files."""

    def mark(view: View) -> View:
        view.largest_request = size  # type: ignore[attr-defined]
        return view

    return mark


def _limit() -> None:
    size = getattr(current_app.view_functions.get(request.endpoint or ""), "largest_request", None)
    if size is not None:
        request.max_content_length = request.max_form_memory_size = size


def _secure(response: Response) -> Response:
    settings: Settings = current_app.config["SETTINGS"]
    headers = response.headers
    # A stored file has a stricter one (files/sending.py).
    headers.setdefault("Content-Security-Policy", content_security_policy(settings))
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    if settings.secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if response.status_code >= 400:
        headers["Cache-Control"] = "no-store"
    elif request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    return response


def _version(app: Flask) -> Callable[[str, dict[str, object]], None]:
    """Static files are kept for a year by browsers: their address changes with their content."""
    versions: dict[str, str] = {}

    def add(endpoint: str, values: dict[str, object]) -> None:
        name = values.get("filename")
        if endpoint != "static" or not isinstance(name, str):
            return
        if name not in versions:
            path = Path(app.static_folder or "") / name
            versions[name] = hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else ""
        if versions[name]:
            values["v"] = versions[name]

    return add
