"""The picture of a product."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import StopValidation

from kooneo.catalog.forms.checks import optional_text
from kooneo.files import pictures, words
from kooneo.files.forms import UploadField
from kooneo.text import clean

ALT_LENGTH = 200


class PictureForm(FlaskForm):  # type: ignore[misc]
    file = UploadField(pictures.ENDINGS, words.no_picture)
    alt = StringField(validators=optional_text(at_most=ALT_LENGTH), filters=[clean])

    drawn: pictures.Drawn | None = None

    def validate_file(self, field: UploadField) -> None:
        if field.accepted is None:
            return
        try:
            self.drawn = pictures.draw(field.accepted.stream)
        except pictures.NotAPicture:
            raise StopValidation(words.no_picture()) from None
        except pictures.TooManyPixels:
            raise StopValidation(words.too_many_pixels(pictures.MOST_PIXELS)) from None
