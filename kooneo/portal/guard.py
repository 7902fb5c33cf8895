"""Who is at the door of the portal. Checked before every request whose address names a merchant."""

from flask import Flask, abort, current_app, g, request, session, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from kooneo import htmx
from kooneo.accounts.access_control import recently_seen
from kooneo.accounts.models import Merchant
from kooneo.customers.models import Customer
from kooneo.extensions import db
from kooneo.portal.models import PortalSession
from kooneo.portal.services.sessions import find_session

SESSION_KEY = "customer"
"""Where the portal's cookie keeps the token of its session."""
_WANTED = "wanted"
"""And the path that somebody asked for before they signed in."""


def init_app(app: Flask) -> None:
    app.before_request(guard)
    app.context_processor(_names)


def _names() -> dict[str, object]:
    if "merchant" not in g:
        return {}
    return {"merchant": this_merchant(), "customer_session": portal_session}


def guard() -> Response | None:
    slug = (request.view_args or {}).get("merchant_slug")
    if slug is None or request.endpoint is None:
        return None
    g.merchant = db.session.scalars(select(Merchant).filter_by(slug=slug)).one_or_none() or abort(404)
    g.time_zone = g.merchant.time_zone
    for_customers = getattr(current_app.view_functions[request.endpoint], "for_customers", False)
    if for_customers and portal_session() is None:
        _remember_the_way()
        return htmx.to_page(url_for("portal.login", merchant_slug=slug))
    return None


def _remember_the_way() -> None:
    """The page that was asked for: signing in leads on to it."""
    if request.method == "GET" and not htmx.is_htmx():
        session[_WANTED] = request.path


def way_on() -> str | None:
    """Within this portal; taken once."""
    wanted = session.pop(_WANTED, "")
    return wanted if wanted.startswith(f"/portal/{this_merchant().slug}/") else None


def this_merchant() -> Merchant:
    """The one whose portal it is."""
    found: Merchant = g.merchant
    return found


def portal_session() -> PortalSession | None:
    """Of the browser that asks; none when nobody is signed in, or in another merchant's portal."""
    if "portal_session" not in g:
        token = session.get(SESSION_KEY)
        g.portal_session = find_session(this_merchant().id, token) if token and recently_seen() else None
    found: PortalSession | None = g.portal_session
    return found


def this_customer() -> Customer:
    """Only in views for customers."""
    found = portal_session()
    if found is None:
        raise RuntimeError("nobody is signed in to the portal")
    return found.customer
