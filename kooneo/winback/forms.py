"""What a merchant chooses and writes for the proposals."""

import uuid
from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError

from kooneo.catalog.models import Offer
from kooneo.language import gettext as _
from kooneo.text import clean, clean_lines
from kooneo.winback.models import SUBJECT_LENGTH, TEXT_LENGTH, Step
from kooneo.winback.placeholders import PLACEHOLDERS, unknown
from kooneo.winback.series import Settings, Template

MOST_DAYS = 365


class SettingsForm(FlaskForm):  # type: ignore[misc]
    enabled = BooleanField()
    abandon_unanswered = BooleanField()
    products = SelectMultipleField(validate_choice=False)
    """Those that are proposed."""

    def settings(self, all_products: frozenset[uuid.UUID]) -> Settings:
        """Only of a form that was validated."""
        unproposed = frozenset(product for product in all_products if str(product) not in self.products.data)
        return Settings(self.enabled.data, self.abandon_unanswered.data, unproposed)


class StepForm(FlaskForm):  # type: ignore[misc]
    earlier = 0
    """The days of the message before this one."""
    later: int | None = None
    """Of the one after it."""

    offers: Mapping[str, Offer] = {}
    """The merchant's, by id."""

    days = StringField(filters=[clean])
    offer = StringField()
    """The id of the one that it proposes; empty = the one that the customer had."""
    subject = StringField(filters=[clean])
    text = TextAreaField(filters=[clean_lines])

    def validate_days(self, field: StringField) -> None:
        if not field.data:
            return
        if not field.data.isdecimal() or not 1 <= int(field.data) <= MOST_DAYS:
            raise ValidationError(_("Écrivez un nombre de jours entre 1 et %(most)s, ou rien.", most=MOST_DAYS))
        if int(field.data) <= self.earlier:
            raise ValidationError(
                _("Le message précédent part après %(days)s jours : choisissez-en davantage.", days=self.earlier)
            )
        if self.later is not None and int(field.data) >= self.later:
            raise ValidationError(
                _("Le message suivant part après %(days)s jours : choisissez-en moins.", days=self.later)
            )

    def validate_subject(self, field: StringField) -> None:
        if not field.data:
            raise ValidationError(_("Écrivez un objet : sans lui, le message passe pour un courrier indésirable."))
        _fits(field, SUBJECT_LENGTH)
        _known(field)

    def validate_text(self, field: TextAreaField) -> None:
        if not field.data.strip():
            raise ValidationError(_("Écrivez le message."))
        _fits(field, TEXT_LENGTH)
        _known(field)

    def validate_offer(self, field: StringField) -> None:
        if not field.data:
            return
        offer = self.offers.get(field.data)
        if offer is None:
            raise ValidationError(_("Choisissez une offre de la liste."))
        if offer.archived_at:
            raise ValidationError(
                _("L'offre « %(title)s » est archivée : choisissez-en une autre, ou aucune.", title=offer.title)
            )
        if not offer.on_sale:
            raise ValidationError(
                _("L'offre « %(title)s » n'est plus en vente : choisissez-en une autre, ou aucune.", title=offer.title)
            )

    def template(self, step: Step) -> Template:
        """Only of a form that was validated."""
        days, offer = self.days.data, self.offer.data
        proposed = uuid.UUID(offer) if offer else None
        return Template(step, int(days) if days else None, self.subject.data, self.text.data, proposed)


def _fits(field: StringField, limit: int) -> None:
    if len(field.data) > limit:
        raise ValidationError(_("Ce texte est trop long : %(limit)s caractères au plus.", limit=limit))


def _known(field: StringField) -> None:
    stranger = unknown(field.data)
    if stranger is not None:
        names = _(", ").join(f"{{{{ {name} }}}}" for name in PLACEHOLDERS)
        raise ValidationError(
            _(
                "Kooneo ne sait pas quoi mettre à la place de « %(what)s ». Il connaît : %(names)s.",
                what=stranger,
                names=names,
            )
        )
