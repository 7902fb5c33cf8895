"""The French of the customer's record."""

from kooneo.customers.models import CustomerLanguage
from kooneo.language import gettext as _

_LANGUAGES = {CustomerLanguage.FRENCH: "Français", CustomerLanguage.ENGLISH: "Anglais"}


def language(value: CustomerLanguage) -> str:
    return _(_LANGUAGES[value])
