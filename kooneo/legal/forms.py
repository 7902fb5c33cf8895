"""What somebody types who is not signed in."""

import uuid

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from kooneo.addresses import is_email
from kooneo.clock import now
from kooneo.language import gettext as _
from kooneo.language import time_zone
from kooneo.legal.models import RequestKind
from kooneo.legal.services.receive import Declaration
from kooneo.text import DAY_FORMATS, clean

_NAME, _CONTRACT = 140, 120


class DeclarationForm(FlaskForm):  # type: ignore[misc]
    """Name, e-mail, contract and wished date: what D215-2 of the Code de la consommation lets one ask for, and no more."""

    key = HiddenField(
        validators=[InputRequired(), Length(max=64), Regexp(r"[A-Za-z0-9-]+\Z")], default=lambda: str(uuid.uuid4())
    )
    name = StringField(filters=[clean])
    email = StringField(filters=[clean])
    contract = StringField(filters=[clean])
    wished_on = DateField(format=DAY_FORMATS, validators=[Optional()])

    def validate_name(self, field: StringField) -> None:
        if not field.data:
            raise ValidationError(_("Indiquez votre nom."))
        if len(field.data) > _NAME:
            raise ValidationError(_("Ce nom dépasse %(limit)s caractères : raccourcissez-le.", limit=_NAME))

    def validate_email(self, field: StringField) -> None:
        if not is_email(field.data):
            raise ValidationError(_("Écrivez une adresse e-mail complète, comme nom@exemple.fr."))

    def validate_contract(self, field: StringField) -> None:
        if len(field.data) > _CONTRACT:
            raise ValidationError(
                _("Cette référence dépasse %(limit)s caractères : raccourcissez-la.", limit=_CONTRACT)
            )

    def validate_wished_on(self, field: DateField) -> None:
        if field.errors:
            field.errors = []
            raise ValidationError(_("Indiquez une date, comme 31/12/2026."))
        if field.data is not None and field.data < now().astimezone(time_zone()).date():
            raise ValidationError(_("Choisissez une date à venir, ou laissez vide pour une fin dès que possible."))

    def declaration(self, kind: RequestKind) -> Declaration:
        """Only of a form that was validated."""
        wished_on = self.wished_on.data if kind == RequestKind.TERMINATION else None
        return Declaration(kind, self.name.data, self.email.data.lower(), self.contract.data, wished_on)
