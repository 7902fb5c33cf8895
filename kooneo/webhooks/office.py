"""Réglages > PayPal: how PayPal's notifications stand."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Flask, flash, redirect, url_for
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import Permission, requires
from kooneo.accounts.scoping import merchant_id
from kooneo.language import gettext as _
from kooneo.webhooks import address, queries, words
from kooneo.webhooks.models import EndpointState, WebhookEndpoint
from kooneo.webhooks.services.register import request_registration

blueprint = Blueprint("webhook_office", __name__)


@dataclass(frozen=True)
class Notifications:
    """What the block on the settings page shows."""

    endpoint: WebhookEndpoint | None
    address: str
    last_received_at: datetime | None

    @property
    def registered(self) -> bool:
        return self.endpoint is not None and self.endpoint.state == EndpointState.REGISTERED

    @property
    def notice(self) -> words.Notice | None:
        """What somebody should know, or do."""
        return words.notice(self.endpoint, received=self.last_received_at is not None)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["paypal_notifications"] = _notifications


def _notifications() -> Notifications:
    endpoint = queries.endpoint_of(merchant_id())
    url = address.base() + endpoint.token if endpoint else ""
    return Notifications(endpoint, url, queries.last_received_at(merchant_id()))


@blueprint.post("/settings/paypal/notifications")
@requires(Permission.CONFIGURE)
def register() -> Response:
    request_registration(merchant_id())
    if address.can_be_registered():
        flash(_("L'enregistrement est demandé à PayPal. Rechargez cette page dans un instant."), "settings")
    return redirect(url_for("settings.paypal", _anchor="notifications"), 303)
