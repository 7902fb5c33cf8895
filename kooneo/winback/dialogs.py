"""What the dialogs of the endings say about proposals. They belong to the domain, which knows nothing of them: their template
calls what is registered here."""

from flask import Flask

from kooneo.language import gettext as _
from kooneo.subscriptions.lifecycle import Action
from kooneo.subscriptions.models import Subscription
from kooneo.winback.guard import of_the_offer, of_the_person, switched_off


def init_app(app: Flask) -> None:
    app.jinja_env.globals["about_proposals"] = about_proposals


def about_proposals(subscription: Subscription, action: Action) -> str:
    """Of an end that is about to be asked for; empty where there is nothing to say. `subscription` with its customer."""
    name = subscription.customer.name
    match action:
        case Action.ABANDON:
            return _("Kooneo ne proposera plus à %(name)s de reprendre.", name=name)
        case Action.CANCEL if not (
            of_the_person(subscription) or of_the_offer(subscription) or switched_off(subscription)
        ):
            return _("%(name)s pourra recevoir une proposition de reprise.", name=name)
        case _:
            return ""
