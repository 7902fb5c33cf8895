"""A content: its name, and when it opens."""

from flask_wtf import FlaskForm
from wtforms import Field, StringField

from kooneo.catalog.forms.checks import KeyedForm, text_of, whole_number
from kooneo.catalog.forms.products import TITLE_LENGTH
from kooneo.text import clean

LATEST_UNLOCK = 3650


class ContentForm(FlaskForm):  # type: ignore[misc]
    title = StringField(validators=text_of("Donnez un titre au contenu.", at_most=TITLE_LENGTH), filters=[clean])
    unlock_after_days = StringField(default="0")

    days = 0

    def validate_unlock_after_days(self, field: Field) -> None:
        self.days = whole_number(field.data, least=0, most=LATEST_UNLOCK)


class NewContentForm(KeyedForm, ContentForm):
    pass
