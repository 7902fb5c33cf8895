"""The two steps at the portal's door, and what is declared behind it."""

import re
import uuid
from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import ValidationError

from kooneo.addresses import is_email
from kooneo.language import gettext as _
from kooneo.language import typeset
from kooneo.subscriptions.forms import ChangeForm
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


class DeclarationForm(ChangeForm):
    def renew_key(self) -> None:
        """In a form that comes back without a usable one."""
        if self.change_key.errors:
            self.change_key.data = str(uuid.uuid4())


class EndingForm(DeclarationForm):
    motives: Sequence[str] = ()
    """Those that may be chosen; none of them is needed."""

    def validate_reason(self, field: StringField) -> None:
        field.data = typeset(field.data)
        if field.data and field.data not in self.motives:
            raise ValidationError(_("Choisissez un motif de la liste, ou aucun."))
