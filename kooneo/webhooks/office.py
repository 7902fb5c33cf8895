"""Réglages > PayPal: how PayPal's notifications stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Flask, flash, redirect, url_for
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import Permission, requires
from kooneo.accounts.scoping import merchant_id
from kooneo.language import gettext as _
from kooneo.language import ngettext
from kooneo.webhooks import address, queries, words
from kooneo.webhooks.models import EndpointState, WebhookEndpoint, WebhookEvent
from kooneo.webhooks.services.again import try_again
from kooneo.webhooks.services.register import request_registration

blueprint = Blueprint("webhook_office", __name__)


@dataclass(frozen=True)
class Notifications:
    """What the block on the settings page shows."""

    endpoint: WebhookEndpoint | None
    address: str
    last_received_at: datetime | None
    not_followed: Sequence[WebhookEvent]
    """The newest first."""

    @property
    def registered(self) -> bool:
        return self.endpoint is not None and self.endpoint.state == EndpointState.REGISTERED

    @property
    def notice(self) -> words.Notice | None:
        """What somebody should know, or do."""
        return words.notice(self.endpoint, received=self.last_received_at is not None)

    @property
    def unread(self) -> words.Notice | None:
        return words.not_followed(self.not_followed) if self.not_followed else None


def init_app(app: Flask) -> None:
    app.jinja_env.globals["paypal_notifications"] = _notifications


def _notifications() -> Notifications:
    endpoint = queries.endpoint_of(merchant_id())
    url = address.base() + endpoint.token if endpoint else ""
    received_at, not_followed = queries.last_received_at(merchant_id()), queries.not_followed(merchant_id())
    return Notifications(endpoint, url, received_at, not_followed)


@blueprint.post("/settings/paypal/notifications")
@requires(Permission.CONFIGURE)
def register() -> Response:
    request_registration(merchant_id())
    if address.can_be_registered():
        flash(_("L'enregistrement est demandé à PayPal. Rechargez cette page dans un instant."), "settings")
    return redirect(url_for("settings.paypal", _anchor="notifications"), 303)


@blueprint.post("/settings/paypal/notifications/another-attempt")
@requires(Permission.CONFIGURE)
def follow_again() -> Response:
    number = try_again(merchant_id())
    if number:
        one, many = "%(num)s notification est relue.", "%(num)s notifications sont relues."
        flash(ngettext(one, many, number), "settings")
    return redirect(url_for("settings.paypal", _anchor="notifications"), 303)
