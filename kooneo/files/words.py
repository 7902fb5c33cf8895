"""The French of files."""

from babel.numbers import format_decimal
from flask_babel import get_locale

from kooneo.files.disk import NoRoomLeft, NotStored
from kooneo.language import NO_BREAK
from kooneo.language import gettext as _


def file_size(size: int) -> str:
    """`340 ko`, `1,2 Mo`: as the stores and the disks count, by thousands."""
    for unit, name in ((1_000_000_000, _("Go")), (1_000_000, _("Mo")), (1_000, _("ko"))):
        if size >= unit:
            number = size / unit
            return _number(round(number, 1 if number < 10 else 0)) + NO_BREAK + name
    return _number(size) + NO_BREAK + _("octets")


def _number(value: float) -> str:
    return format_decimal(value, locale=get_locale() or "fr")


def too_large(limit: int) -> str:
    return _(
        "Ce fichier dépasse %(limit)s : réduisez-le ou découpez-le, puis choisissez-le de nouveau.",
        limit=file_size(limit),
    )


def empty() -> str:
    return _("Ce fichier est vide. Vérifiez-le, puis choisissez-le de nouveau.")


def why_not_stored(problem: NotStored) -> str:
    if not isinstance(problem, NoRoomLeft):
        return not_stored()
    return _(
        "Il ne reste pas assez de place pour ce fichier : vos fichiers prennent %(used)s sur %(quota)s. Retirez ceux qui ne "
        "servent plus (leur place se libère sous deux jours), ou demandez-en davantage à la personne qui administre Kooneo.",
        used=file_size(problem.used),
        quota=file_size(problem.quota),
    )


def not_stored() -> str:
    return _("Le fichier n'a pas pu être enregistré : il n'y a plus de place sur le serveur. Réessayez plus tard.")


def gone() -> str:
    return _("Ce fichier n'est plus sur le serveur : choisissez-le de nouveau.")


def refused() -> str:
    """Any other kind, or one thing under the name of another."""
    return _(
        "Ce fichier n'est pas accepté, ou son contenu ne correspond pas à la fin de son nom. Choisissez un PDF, une image "
        "(JPEG, PNG, GIF, WebP), un son (MP3, M4A, WAV, OGG), une vidéo MP4, un document (Word, Excel, PowerPoint, OpenDocument, "
        "EPUB), un fichier texte ou CSV, ou une archive ZIP."
    )


def no_picture() -> str:
    return _("Choisissez une image JPEG, PNG ou WebP : ce fichier n'en est pas une, ou il est abîmé.")


def too_many_pixels(most: int) -> str:
    return _(
        "Cette image a plus de %(most)s millions de pixels : réduisez ses dimensions, puis choisissez-la de nouveau.",
        most=most // 1_000_000,
    )
