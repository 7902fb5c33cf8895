"""The two steps at the portal's door."""

import re

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import ValidationError

from kooneo.addresses import is_email
from kooneo.language import gettext as _
from kooneo.text import clean


class EmailForm(FlaskForm):  # type: ignore[misc]
    email = StringField(filters=[clean])

    def validate_email(self, field: StringField) -> None:
        if len(field.data) > 254 or not is_email(field.data):
            raise ValidationError(_("Écrivez une adresse e-mail complète, comme nom@exemple.fr."))


class CodeForm(FlaskForm):  # type: ignore[misc]
    code = StringField(filters=[lambda text: re.sub(r"\s", "", text or "")])

    def validate_code(self, field: StringField) -> None:
        if not re.fullmatch(r"[0-9]{6}", field.data):
            raise ValidationError(_("Le code a six chiffres."))
