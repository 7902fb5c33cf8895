"""htmx and plain browsers get the same pages; this is all they differ in."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Flask, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from kooneo.spaces import in_portal

HTMX_VERSION = "2.0.10"
CDN_URL = f"https://cdn.jsdelivr.net/npm/htmx.org@{HTMX_VERSION}/dist/htmx.min.js"
LOCAL_FILE = f"vendor/htmx-{HTMX_VERSION}.min.js"
INTEGRITY = "sha384-H5SrcfygHmAuTDZphMHqBJLc3FhssKjG7w/CeCpFReSfwBWDTKpkzPP8c+cLsK+V"

CONFIG = json.dumps(
    {
        "allowEval": False,
        "includeIndicatorStyles": False,
        "selfRequestsOnly": True,
        "allowScriptTags": False,
        # No customer's data in localStorage; then Back must ask for the whole page, not for a fragment.
        "historyCacheSize": 0,
        "historyRestoreAsHxRequest": False,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "409|422|429|503", "swap": True, "error": False},
            {"code": "[45]..", "swap": False, "error": True},
        ],
    }
)


def is_htmx() -> bool:
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def to_login() -> Response:
    """To the sign-in page and back: an htmx request must not get it in place of a fragment."""
    if is_htmx():
        return to_page(url_for("accounts.login", next=own_path(request.headers.get("HX-Current-URL", ""))))
    back = request.full_path.rstrip("?") if request.method == "GET" else own_path(request.referrer or "")
    return redirect(url_for("accounts.login", next=back or None))


def to_page(address: str) -> Response:
    """Away from this page, also when only a fragment of it was asked for."""
    if not is_htmx():
        return redirect(address, 303)
    response = make_response("", 200)
    response.headers["HX-Redirect"] = address
    return response


def own_path(target: str | None) -> str:
    """The path and query of one of our own pages; empty for anything that would lead elsewhere."""
    try:
        parts = urlsplit((target or "").replace("\\", "/"))
    except ValueError:
        return ""
    if parts.netloc and parts.netloc != request.host:
        return ""
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path if path.startswith("/") and not path.startswith("//") and path.isprintable() else ""


def tell(response: Response, events: Mapping[str, object]) -> Response:
    """Events for the page, once the answer stands in it."""
    response.headers["HX-Trigger-After-Settle"] = json.dumps(events)
    return response


def init_app(app: Flask) -> None:
    @app.after_request
    def vary(response: Response) -> Response:
        response.vary.add("HX-Request")
        return response

    @app.context_processor
    def names() -> dict[str, object]:
        return {
            "htmx_config": CONFIG,
            # A customer's browser asks nobody else for anything.
            "htmx_cdn": CDN_URL if app.config["SETTINGS"].htmx == "cdn" and not in_portal() else None,
            "htmx_local": LOCAL_FILE,
            "htmx_integrity": INTEGRITY,
        }
