"""The form of every change of status."""

import uuid

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from kooneo.language import gettext as _
from kooneo.subscriptions.services.request import REASON_LENGTH
from kooneo.text import clean


class ChangeForm(FlaskForm):  # type: ignore[misc]
    change_key = HiddenField(
        validators=[InputRequired(), Length(max=64), Regexp(r"[A-Za-z0-9-]+\Z")], default=lambda: str(uuid.uuid4())
    )
    """Made with the form: sent twice, it is one change."""
    reason = StringField(filters=[clean])

    def validate_reason(self, field: StringField) -> None:
        over = len(field.data) - REASON_LENGTH
        if over > 0:
            raise ValidationError(
                _("Le motif dépasse de %(over)s caractères la limite de %(limit)s.", over=over, limit=REASON_LENGTH)
            )
