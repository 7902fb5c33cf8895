"""A customer who is in the portal already: the journey through the code has its own tests, and takes its time."""

import secrets

from flask import Response, current_app, session
from werkzeug.http import parse_cookie

from kooneo.accounts.access_control import mark_seen
from kooneo.accounts.services import digest
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.extensions import db, transaction
from kooneo.portal.guard import SESSION_KEY
from kooneo.portal.models import PortalSession
from kooneo.portal.services.sessions import SESSION_LIFETIME

from .builders import merchant_of
from .running import in_app


@in_app
def portal_cookie(customer: Customer) -> tuple[str, str]:
    """Its name and its value, of a session that has just begun."""
    token = secrets.token_urlsafe(32)
    with transaction():
        db.session.add(
            PortalSession(
                merchant_id=customer.merchant_id,
                token_digest=digest(token),
                customer_id=customer.id,
                address="192.0.2.10",
                user_agent="",
                expires_at=now() + SESSION_LIFETIME,
            )
        )
    with current_app.test_request_context(f"/portal/{merchant_of(customer).slug}/subscriptions"):
        session[SESSION_KEY] = token
        mark_seen()
        response = Response()
        current_app.session_interface.save_session(current_app, session, response)  # type: ignore[arg-type]
    ((name, value),) = parse_cookie(response.headers["Set-Cookie"].split(";")[0]).items()
    return name, value
