"""A content: its name, when it opens, and what it holds."""

import uuid
from typing import Any
from urllib.parse import urlsplit

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField
from wtforms.validators import StopValidation

from kooneo.catalog.forms.checks import KeyedForm, optional_text, text_of, whole_number
from kooneo.catalog.forms.products import TITLE_LENGTH
from kooneo.catalog.models import Content
from kooneo.catalog.services import ContentDraft
from kooneo.files.forms import UploadField
from kooneo.language import gettext as _
from kooneo.text import clean, clean_lines

LATEST_UNLOCK = 3650
TEXT_LENGTH, URL_LENGTH = 30_000, 500


class ContentForm(FlaskForm):  # type: ignore[misc]
    title = StringField(validators=text_of("Donnez un titre au contenu.", at_most=TITLE_LENGTH), filters=[clean])
    unlock_after_days = StringField(default="0")
    text = TextAreaField(validators=optional_text(at_most=TEXT_LENGTH), filters=[clean_lines])
    video_url = StringField(validators=optional_text(at_most=URL_LENGTH), filters=[clean])
    file = UploadField()
    kept_file = HiddenField(filters=[clean])
    """The id of the file that it holds, or that came with an earlier attempt at this form."""
    drop_file = BooleanField()

    days = 0

    def validate_unlock_after_days(self, field: Field) -> None:
        self.days = whole_number(field.data, least=0, most=LATEST_UNLOCK)

    def validate_video_url(self, field: Field) -> None:
        if field.data and not _is_https(field.data):
            raise StopValidation(_("Collez l'adresse entière de la vidéo : elle commence par https://."))

    @property
    def draft(self) -> ContentDraft:
        """What was typed, once it is valid."""
        return ContentDraft(self.title.data, self.days, self.text.data, self.video_url.data, self.file_id)

    @property
    def file_id(self) -> uuid.UUID | None:
        if self.drop_file.data and not self.file.data:
            return None
        try:
            return uuid.UUID(self.kept_file.data)
        except ValueError:
            return None


class NewContentForm(KeyedForm, ContentForm):
    pass


def _is_https(address: str) -> bool:
    """With a host that has a name, and nothing in front of it that could pass for one (`https://youtube.com@…`)."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = parts.scheme == "https" and "@" not in parts.netloc and "\\" not in address and " " not in address
    return plain and "." in host.strip(".")


def typed(content: Content) -> dict[str, Any]:
    """A content as somebody would have typed it."""
    return {
        "title": content.title,
        "unlock_after_days": str(content.unlock_after_days),
        "text": content.text,
        "video_url": content.video_url,
        "kept_file": str(content.file_id or ""),
    }
