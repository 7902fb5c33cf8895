"""What the team knows about a customer."""

from flask_wtf import FlaskForm
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from kooneo.addresses import is_email
from kooneo.customers.models import CustomerLanguage
from kooneo.customers.services import Profile
from kooneo.language import gettext as _
from kooneo.text import clean

NAME_LENGTH, EMAIL_LENGTH, NOTES_LENGTH, TAGS, TAG_LENGTH = 140, 254, 2000, 10, 30


def _clean_lines(text: str | None) -> str:
    return "\n".join(clean(line) for line in (text or "").splitlines()).strip()


def _lower(text: str) -> str:
    return text.lower()


class ProfileForm(FlaskForm):  # type: ignore[misc]
    given_name = StringField(filters=[clean])
    family_name = StringField(filters=[clean])
    email = StringField(filters=[clean, _lower])
    language = SelectField(validate_choice=False)
    tags = StringField(filters=[clean])
    notes = TextAreaField(filters=[_clean_lines])

    def validate_given_name(self, field: Field) -> None:
        _at_most(field, NAME_LENGTH)

    def validate_family_name(self, field: Field) -> None:
        _at_most(field, NAME_LENGTH)

    def validate_email(self, field: Field) -> None:
        _at_most(field, EMAIL_LENGTH)
        if not is_email(field.data):
            raise ValidationError(_("Écrivez une adresse e-mail complète, comme nom@exemple.fr."))

    def validate_language(self, field: Field) -> None:
        if field.data not in list(CustomerLanguage):
            raise ValidationError(_("Choisissez une langue."))

    def validate_tags(self, _field: Field) -> None:
        if len(self.tag_list) > TAGS:
            raise ValidationError(_("%(limit)s étiquettes au plus.", limit=TAGS))
        if any(len(tag) > TAG_LENGTH for tag in self.tag_list):
            raise ValidationError(_("%(limit)s caractères au plus par étiquette.", limit=TAG_LENGTH))

    def validate_notes(self, field: Field) -> None:
        _at_most(field, NOTES_LENGTH)

    @property
    def tag_list(self) -> list[str]:
        """Each once, whatever its case."""
        tags = (clean(tag) for tag in self.tags.data.split(","))
        return list({tag.casefold(): tag for tag in tags if tag}.values())

    @property
    def profile(self) -> Profile:
        return Profile(
            given_name=self.given_name.data,
            family_name=self.family_name.data,
            email=self.email.data,
            language=CustomerLanguage(self.language.data),
            notes=self.notes.data,
            tags=self.tag_list,
        )


def _at_most(field: Field, limit: int) -> None:
    if len(field.data) > limit:
        raise ValidationError(_("Ce texte est trop long : %(limit)s caractères au plus.", limit=limit))
