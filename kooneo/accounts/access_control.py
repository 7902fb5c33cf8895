"""Who may call which view. A view without a permission, and not on the public list, answers nobody."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from flask import Flask, abort, current_app, g, request, session
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.wrappers import Response

from kooneo import htmx
from kooneo.accounts.models import LoginSession, Role, TeamMember
from kooneo.accounts.services import IDLE_LIFETIME, find_session
from kooneo.clock import now
from kooneo.journal.services import Actor


class Permission(StrEnum):
    SEE = "see"
    CHANGE_SUBSCRIPTIONS = "change_subscriptions"
    GIVE_ACCESS = "give_access"
    EDIT_CUSTOMERS = "edit_customers"
    EDIT_CATALOG = "edit_catalog"
    CONFIGURE = "configure"
    """The account itself: its PayPal keys."""
    END_WITHOUT_PAYPAL = "end_without_paypal"


_PERMISSIONS = {
    Role.OWNER: frozenset(Permission),
    Role.MEMBER: frozenset(Permission) - {Permission.CONFIGURE, Permission.END_WITHOUT_PAYPAL},
    Role.VIEWER: frozenset({Permission.SEE}),
}

PUBLIC_ENDPOINTS = frozenset(
    {
        "static",
        "accounts.login",
        "accounts.create_session",
        "declarations.declare",
        "declarations.show",
        "help.paypal_keys",
        "help.subscription_statuses",
        "mailbox.index",
        "mailbox.show",
        "operations.healthz",
        "operations.readyz",
        "orders.check",
        "orders.create",
        "orders.order_state",
        "orders.show",
        "orders.show_order",
        "portal.accessibility",
        "portal.create_session",
        "portal.login",
        "webhooks.create_event",
        "winback_links.again",
        "winback_links.create_stop",
        "winback_links.go_on",
        "winback_links.stop",
    }
)

_SEEN_AT = "seen_at"
# What waits refreshes itself: that is nobody's being there.
_ASKED_BY_ITSELF = frozenset({"subscriptions.card", "takeover.progress", "portal.request_state", "orders.order_state"})
View = TypeVar("View", bound=Callable[..., object])

login_manager = LoginManager()


class SignedIn(UserMixin):  # type: ignore[misc]
    """The person behind the request, and the browser session they use."""

    def __init__(self, token: str, login_session: LoginSession) -> None:
        self.token = token
        self.login_session = login_session
        self.member: TeamMember = login_session.member

    def get_id(self) -> str:
        return f"member:{self.token}"

    def may(self, permission: Permission) -> bool:
        return permission in _PERMISSIONS[self.member.role]

    @property
    def actor(self) -> Actor:
        return Actor("member", self.member.name, "back_office", self.member.id)


def requires(permission: Permission) -> Callable[[View], View]:
    """Mark a view with the permission it needs. `guard` checks it before every request."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def for_customers(view: View) -> View:
    """Mark a view as the portal's: kooneo.portal.guard checks it, and no member of a team is anybody there."""
    view.for_customers = True  # type: ignore[attr-defined]
    return view


def signed_in() -> SignedIn:
    """Only in views that require a permission."""
    user: SignedIn = current_user._get_current_object()
    return user


def may(permission: Permission) -> bool:
    return current_user.is_authenticated and signed_in().may(permission)


def init_app(app: Flask) -> None:
    login_manager.init_app(app, add_context_processor=False)
    login_manager.session_protection = None  # the session row is the protection, and it can be revoked
    login_manager.user_loader(_load)
    app.before_request(guard)
    # The proxy, read by the pages that name it: flask-login's own looks it up for every page, also for the one that says that
    # the database is gone.
    app.context_processor(lambda: {"may": may, "Permission": Permission, "current_user": current_user})


def _load(user_id: str) -> SignedIn | None:
    kind, _, token = user_id.partition(":")
    if kind != "member" or not recently_seen():
        return None
    found = find_session(token)
    return SignedIn(token, found) if found else None


def recently_seen() -> bool:
    """How long the browser has been idle stands in its signed cookie: reading a page writes nothing to the database."""
    moment = now().timestamp()
    seen_at = session.get(_SEEN_AT, 0)
    if moment - seen_at > IDLE_LIFETIME.total_seconds():
        return False
    if moment - seen_at > 60 and request.endpoint not in _ASKED_BY_ITSELF:
        session[_SEEN_AT] = int(moment)
    return True


def mark_seen() -> None:
    session[_SEEN_AT] = int(now().timestamp())


def guard() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static":
        return None  # 404 or 405, which any visitor gets; files that are the same for everybody
    if current_user.is_authenticated:
        g.time_zone = signed_in().member.merchant.time_zone
    if endpoint in PUBLIC_ENDPOINTS:
        return None
    view = current_app.view_functions[endpoint]
    if getattr(view, "for_customers", False):
        return None
    permission = getattr(view, "permission", None)
    if permission is None:
        raise RuntimeError(f"{endpoint} needs @requires(…) or a place in PUBLIC_ENDPOINTS")
    if not current_user.is_authenticated:
        return htmx.to_login()
    if not signed_in().may(permission):
        abort(403)
    return None
