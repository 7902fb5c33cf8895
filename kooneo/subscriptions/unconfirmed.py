"""The page of "Terminer sans PayPal": for the owner, with a word that is typed."""

import uuid

from flask import Blueprint, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404
from kooneo.catalog.models import Offer
from kooneo.customers.models import Customer
from kooneo.error_pages import problem_page
from kooneo.language import gettext as _
from kooneo.settings.services import paypal_account
from kooneo.subscriptions import words
from kooneo.subscriptions.lifecycle import ENDING, Action, NotAllowed, actions_from
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services.request import REASON_LENGTH, ChangeInProgress, KeyReused
from kooneo.subscriptions.services.unresolved import (
    UnconfirmedEnd,
    end_without_paypal,
    latest_change,
    may_end_without_paypal,
)
from kooneo.text import clean

blueprint = Blueprint("unconfirmed", __name__)

_WORD = "TERMINER"

Answer = Response | tuple[str, int] | str


class EndForm(FlaskForm):  # type: ignore[misc]
    key = HiddenField(
        validators=[InputRequired(), Length(max=64), Regexp(r"[A-Za-z0-9-]+\Z")], default=lambda: str(uuid.uuid4())
    )
    action = RadioField(validate_choice=False)
    reason = StringField(filters=[clean])
    confirmation = StringField(filters=[clean])

    def validate_action(self, field: RadioField) -> None:
        if field.data not in [value for value, _label in field.choices]:
            raise ValidationError(_("Choisissez comment l'abonnement se termine."))

    def validate_reason(self, field: StringField) -> None:
        if not field.data:
            raise ValidationError(_("Dites pourquoi PayPal ne peut pas le faire : le journal le garde."))
        if len(field.data) > REASON_LENGTH:
            raise ValidationError(_("Le motif est trop long : %(limit)s caractères au plus.", limit=REASON_LENGTH))

    def validate_confirmation(self, field: StringField) -> None:
        if (field.data or "").upper() != _WORD:
            raise ValidationError(_("Tapez le mot %(word)s pour confirmer.", word=_WORD))


@blueprint.get("/subscriptions/<uuid:subscription_id>/unconfirmed-end")
@requires(Permission.END_WITHOUT_PAYPAL)
def new_end(subscription_id: uuid.UUID) -> Answer:
    subscription = get_or_404(Subscription, subscription_id)
    latest = latest_change(subscription.id)
    if not may_end_without_paypal(subscription, latest, has_keys=_has_keys(subscription)):
        return _not_offered()
    form = EndForm(formdata=None, reason=latest.reason if latest else "")
    _offer(form, subscription)
    wished = latest.action.value if latest and latest.action in ENDING else None
    form.action.data = wished or Action.CANCEL.value
    return _page(subscription, form)


@blueprint.post("/subscriptions/<uuid:subscription_id>/unconfirmed-end")
@requires(Permission.END_WITHOUT_PAYPAL)
def create_end(subscription_id: uuid.UUID) -> Answer:
    subscription, form = get_or_404(Subscription, subscription_id), EndForm()
    _offer(form, subscription)
    if not form.validate():
        return _page(subscription, form), 422
    end = UnconfirmedEnd(Action(form.action.data), form.reason.data)
    try:
        change = end_without_paypal(
            subscription, end, by=signed_in().actor, key=form.key.data, has_keys=_has_keys(subscription)
        )
    except (NotAllowed, ChangeInProgress):
        return _not_offered()
    except KeyReused:
        return problem_page(
            409,
            _("Ce formulaire a déjà servi, avec un autre contenu"),
            _("Rien n'a été changé. Revenez à la fiche, et rouvrez « Terminer sans PayPal »."),
        )
    record = url_for("subscriptions.index", customer_id=subscription.customer_id)
    return redirect(f"{record}#subscription-{change.subscription_id}", 303)


def _has_keys(subscription: Subscription) -> bool:
    return paypal_account(subscription.merchant_id) is not None


def _offer(form: EndForm, subscription: Subscription) -> None:
    """Once it has ended, the service answers: a form that comes twice is one end."""
    ended, offered = subscription.status.ended, actions_from(subscription.standing)
    possible = [action for action in ENDING if ended or action in offered]
    form.action.choices = [(action.value, words.action_label(action)) for action in possible]


def _page(subscription: Subscription, form: EndForm) -> str:
    return render_template(
        "subscriptions/unconfirmed_end.html",
        subscription=subscription,
        customer=get_or_404(Customer, subscription.customer_id),
        offer=get_or_404(Offer, subscription.offer_id),
        form=form,
        word=_WORD,
        reason_length=REASON_LENGTH,
    )


def _not_offered() -> Response:
    return problem_page(
        409,
        _("Cet abonnement ne peut pas être terminé sans PayPal"),
        _(
            "PayPal peut encore être interrogé, ou l'abonnement est déjà terminé. Revenez à la fiche. Rien n'a été changé."
        ),
    )
