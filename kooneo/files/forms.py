"""A field for one file."""

from typing import Any, cast

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms.validators import StopValidation

from kooneo.files import kinds, words
from kooneo.files.kinds import Accepted
from kooneo.files.receiving import Incoming


class UploadField(FileField):  # type: ignore[misc]
    """Empty, or a file that may be kept: then it stands in `accepted` once the form is validated."""

    accepted: Accepted | None = None

    def __init__(self, endings: frozenset[str] = kinds.ALL, refusal: Any = words.refused, **options: Any) -> None:
        super().__init__(**options)
        self.endings = endings
        self.refusal = refusal

    def pre_validate(self, _form: FlaskForm) -> None:
        if not self.data:
            return
        incoming = cast(Incoming, self.data.stream)
        if incoming.too_large:
            raise StopValidation(words.too_large(incoming.limit))
        if incoming.lost:
            raise StopValidation(words.not_stored())
        if not incoming.size:
            raise StopValidation(words.empty())
        self.accepted = kinds.accept(self.data.filename, cast(Any, incoming), self.endings)
        if self.accepted is None:
            raise StopValidation(self.refusal())
