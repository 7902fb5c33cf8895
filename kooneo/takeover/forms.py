"""How the subscriptions are to be found."""

from collections.abc import Sequence

from wtforms import FileField, TextAreaField, ValidationError

from kooneo.catalog.forms.checks import KeyedForm
from kooneo.language import gettext as _
from kooneo.takeover.ids import LARGEST_FILE, MOST_IDS, NotText, read_file, read_text


class ListForm(KeyedForm):
    """By PayPal's list: nothing to fill in."""


class IdsForm(KeyedForm):
    ids = TextAreaField()
    file = FileField()
    words: Sequence[str] = ()
    """Of both fields together."""

    def validate_ids(self, field: TextAreaField) -> None:
        if not read_text(field.data or "") and not self._file_name():
            raise ValidationError(_("Collez au moins un identifiant, ou choisissez un fichier."))

    def validate_file(self, field: FileField) -> None:
        words = [*read_text(self.ids.data or ""), *self._read_file()]
        if len(words) > MOST_IDS:
            raise ValidationError(
                _(
                    "%(num)s identifiants : 10 000 au plus à la fois. Faites-en plusieurs reprises.",
                    num=len(words),
                )
            )
        if not words and not self.ids.errors:
            raise ValidationError(_("Ce fichier est vide."))
        self.words = words

    def _file_name(self) -> str:
        return getattr(self.file.data, "filename", None) or ""

    def _read_file(self) -> Sequence[str]:
        name = self._file_name().lower()
        if not name:
            return []
        if not name.endswith((".txt", ".csv")):
            raise ValidationError(_("Choisissez un fichier .txt ou .csv."))
        content = self.file.data.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise ValidationError(_("Ce fichier dépasse 1 Mo : gardez la seule colonne des identifiants."))
        try:
            return read_file(content, is_csv=name.endswith(".csv"))
        except NotText:
            raise ValidationError(
                _("Ce fichier ne contient pas du texte : enregistrez-le en .csv ou en .txt.")
            ) from None
