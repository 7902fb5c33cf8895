"""What is asked of somebody who subscribes: no more than the contract needs."""

import uuid

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import UUID, InputRequired, Length, Regexp, ValidationError

from kooneo.addresses import is_email
from kooneo.language import gettext as _
from kooneo.orders.services.place import Draft
from kooneo.orders.words import consent
from kooneo.text import clean

_NAME = 140


class KeyedForm(FlaskForm):  # type: ignore[misc]
    """Of the team."""

    key = HiddenField(validators=[UUID()], default=lambda: str(uuid.uuid4()))
    """Made with the form: sent twice, it is done once."""


class ResumptionForm(FlaskForm):  # type: ignore[misc]
    """Of a customer who is signed in: who they are is known."""

    key = HiddenField(
        validators=[InputRequired(), Length(max=64), Regexp(r"[A-Za-z0-9-]+\Z")], default=lambda: str(uuid.uuid4())
    )
    consent = BooleanField()

    @property
    def agreed(self) -> str:
        return consent() if self.consent.data else ""


class OrderForm(ResumptionForm):
    given_name = StringField(filters=[clean])
    family_name = StringField(filters=[clean])
    email = StringField(filters=[clean])

    def validate_given_name(self, field: StringField) -> None:
        _name(field, _("Indiquez votre prénom."))

    def validate_family_name(self, field: StringField) -> None:
        _name(field, _("Indiquez votre nom."))

    def validate_email(self, field: StringField) -> None:
        if not is_email(field.data):
            raise ValidationError(_("Écrivez une adresse e-mail complète, comme nom@exemple.fr."))

    def draft(self) -> Draft:
        """Only of a form that was validated."""
        return Draft(self.email.data.lower(), self.given_name.data, self.family_name.data, self.agreed)


def _name(field: StringField, missing: str) -> None:
    if not field.data:
        raise ValidationError(missing)
    if len(field.data) > _NAME:
        raise ValidationError(_("%(limit)s caractères au plus : raccourcissez ce texte.", limit=_NAME))
