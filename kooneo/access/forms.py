"""Giving access, changing it, taking it back."""

import uuid
from contextlib import suppress
from datetime import date, datetime

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from kooneo.access.services import REASON_LENGTH
from kooneo.clock import now
from kooneo.language import gettext as _
from kooneo.language import time_zone
from kooneo.text import DAY_FORMATS, clean

_LATEST = date(2199, 12, 31)


class ReasonForm(FlaskForm):  # type: ignore[misc]
    reason = StringField(filters=[clean])

    def validate_reason(self, field: StringField) -> None:
        if len(field.data) > REASON_LENGTH:
            raise ValidationError(_("Le motif est trop long : %(limit)s caractères au plus.", limit=REASON_LENGTH))


class TermForm(ReasonForm):
    until = StringField(filters=[clean])
    """A day in one of DAY_FORMATS; empty = for good."""
    kept: date | None = None
    """The day that already stands there: it may be over."""

    def validate_until(self, field: StringField) -> None:
        if not field.data:
            return
        day = _day(field.data)
        if day is None or day > _LATEST:
            raise ValidationError(_("Indiquez une date, comme 31/12/2026."))
        if day < now().astimezone(time_zone()).date() and day != self.kept:
            raise ValidationError(_("Cette date est passée : l'accès serait déjà fermé."))

    @property
    def last_day(self) -> date | None:
        return _day(self.until.data)


class GrantForm(TermForm):
    what = SelectMultipleField(validate_choice=False)
    """`product:` or `content:`, and an id."""
    change_key = HiddenField(
        validators=[InputRequired(), Length(max=64), Regexp(r"[A-Za-z0-9-]+\Z")], default=lambda: str(uuid.uuid4())
    )
    """Made with the form: sent twice, it gives once."""

    def validate_what(self, _field: SelectMultipleField) -> None:
        if not self.chosen:
            raise ValidationError(_("Choisissez au moins un produit ou un contenu."))

    @property
    def chosen(self) -> list[uuid.UUID]:
        return [chosen for value in self.what.data or [] if (chosen := _chosen(value))]


def _chosen(value: str) -> uuid.UUID | None:
    kind, _colon, chosen = value.partition(":")
    try:
        return uuid.UUID(chosen) if kind in ("product", "content") else None
    except ValueError:
        return None


def _day(text: str | None) -> date | None:
    for form in DAY_FORMATS:
        with suppress(ValueError):
            return datetime.strptime(text or "", form).date()  # noqa: DTZ007 - a day is in no zone
    return None
