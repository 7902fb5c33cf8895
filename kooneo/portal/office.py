"""Réglages > Espace client: what customers may do alone, and how it will look to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.validators import ValidationError

from kooneo import htmx
from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import merchant_id
from kooneo.clock import local_date, now
from kooneo.language import gettext as _
from kooneo.money import Money
from kooneo.portal.ending import motives, when
from kooneo.portal.options import MESSAGE_LENGTH, DuringCommitment, Options, options_of
from kooneo.portal.self_service import commitment_ends_on, self_service
from kooneo.portal.services.options import KeysNeeded, choose_options
from kooneo.settings.services import paypal_account
from kooneo.subscriptions.lifecycle import Gateway, SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.terms import Interval
from kooneo.text import clean_lines

blueprint = Blueprint("portal_options", __name__)

Page = tuple[str, int]

_DURING_COMMITMENT = {
    DuringCommitment.ALLOWED: ("Le client annule tout de suite", "PayPal arrête les prélèvements aussitôt."),
    DuringCommitment.AT_ITS_END: ("L'annulation prend effet au terme", "Les prélèvements continuent jusque-là."),
    DuringCommitment.AS_REQUEST: ("C'est une demande", "Elle vous attend dans « À traiter »."),
}


class OptionsForm(FlaskForm):  # type: ignore[misc]
    self_cancellation = BooleanField()
    ask_motive = BooleanField()
    message = TextAreaField(filters=[clean_lines])
    during_commitment = RadioField(validate_choice=False)
    instalments = BooleanField()

    def validate_message(self, field: TextAreaField) -> None:
        if len(field.data) > MESSAGE_LENGTH:
            raise ValidationError(_("Le message est trop long : %(limit)s caractères au plus.", limit=MESSAGE_LENGTH))

    def validate_during_commitment(self, field: RadioField) -> None:
        if field.data not in list(DuringCommitment):
            raise ValidationError(_("Choisissez ce qui vaut pendant l'engagement."))

    @property
    def options(self) -> Options:
        """Only of a form that was validated."""
        return Options(
            self_cancellation=self.self_cancellation.data,
            ask_motive=self.ask_motive.data,
            message=self.message.data,
            during_commitment=DuringCommitment(self.during_commitment.data),
            instalments=self.instalments.data,
        )


@dataclass(frozen=True)
class Example:
    """One kind of contract, and what its customer may do."""

    title: str
    when: str


@blueprint.get("/settings/portal")
@requires(Permission.CONFIGURE)
def show() -> str:
    options = options_of(merchant_id())
    return _page(OptionsForm(formdata=None, obj=options), options)


@blueprint.post("/settings/portal")
@requires(Permission.CONFIGURE)
def save() -> Response | Page | str:
    """The button "Voir l'aperçu", and htmx as one types, send `preview`: then nothing is kept."""
    form = OptionsForm()
    valid = form.validate()
    if "preview" in request.form:
        return _previewed(form, valid=valid)
    if not valid:
        return _page(form, options_of(merchant_id())), 422
    try:
        choose_options(merchant_id(), form.options, by=signed_in().actor)
    except KeysNeeded:
        form.self_cancellation.errors = [_("Configurez d'abord vos clés API PayPal pour activer cette option.")]
        return _page(form, form.options), 422
    flash(_("Les réglages de l'espace client sont enregistrés."), "settings")
    return redirect(url_for("portal_options.show"), 303)


def _previewed(form: OptionsForm, *, valid: bool) -> Page | str:
    options = form.options if valid else options_of(merchant_id())
    if htmx.is_htmx():
        return render_template("portal/_preview.html", **_preview(options))
    return _page(form, options), 200 if valid else 422


def _page(form: OptionsForm, options: Options) -> str:
    choices = [(choice, _(label), _(help_text)) for choice, (label, help_text) in _DURING_COMMITMENT.items()]
    return render_template(
        "portal/options.html",
        form=form,
        during_commitment=choices,
        has_keys=paypal_account(merchant_id()) is not None,
        message_length=MESSAGE_LENGTH,
        portal_url=f"{current_app.config['SETTINGS'].base_url}/portal/{signed_in().member.merchant.slug}",
        **_preview(options),
    )


def _preview(options: Options) -> dict[str, object]:
    return {"examples": _examples(options), "options": options, "motives": motives(options)}


def _examples(options: Options) -> Sequence[Example]:
    """A contract of every kind that the options tell apart, three payments after its start."""
    kinds = (
        (_("Abonnement sans engagement"), _example()),
        (_("Pendant un engagement de 12 mois"), _example(commitment_cycles=12)),
        (_("Paiement en 6 fois"), _example(total_cycles=6)),
    )
    return [_shown(title, subscription, options) for title, subscription in kinds]


def _shown(title: str, subscription: Subscription, options: Options) -> Example:
    how = self_service(subscription, options, has_keys=True)
    time_zone = signed_in().member.merchant.time_zone
    return Example(title, when(how, commitment_ends_on(subscription, time_zone)))


def _example(**terms: int) -> Subscription:
    """Of nobody, and never kept."""
    price = Money(4900, "EUR")
    return Subscription(
        gateway=Gateway.PAYPAL,
        status=SubscriptionStatus.ACTIVE,
        started_at=now(),
        contracted_on=local_date(now(), signed_in().member.merchant.time_zone),
        cycles_completed=3,
        price_minor=price.minor,
        currency=price.currency,
        interval=Interval.MONTH,
        interval_count=1,
        **terms,
    )
