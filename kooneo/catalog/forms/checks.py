"""Checks of single answers, with their French."""

import re
import uuid
from collections.abc import Callable

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField
from wtforms.validators import StopValidation

from kooneo.language import gettext as _
from kooneo.money import Money
from kooneo.text import clean

Check = Callable[[FlaskForm, Field], None]

_DEAREST = 10_000_000
"""In minor units; far below what the column holds."""


class KeyedForm(FlaskForm):  # type: ignore[misc]
    """A form that makes something: sent twice, it makes one."""

    form_key = HiddenField(default=lambda: str(uuid.uuid4()))


def text_of(missing: str, *, at_most: int) -> list[Check]:
    def check(_form: FlaskForm, field: Field) -> None:
        if not field.data:
            raise StopValidation(_(missing))
        _not_longer(field, at_most)

    return [check]


def optional_text(*, at_most: int) -> list[Check]:
    return [lambda _form, field: _not_longer(field, at_most)]


def _not_longer(field: Field, limit: int) -> None:
    if len(field.data or "") > limit:
        raise StopValidation(_("%(limit)s caractères au plus : raccourcissez ce texte.", limit=limit))


def one_of(values: type, missing: str) -> list[Check]:
    def check(_form: FlaskForm, field: Field) -> None:
        if field.data not in list(values):  # type: ignore[call-overload]
            raise StopValidation(_(missing))

    return [check]


def whole_number(typed: str | None, *, least: int, most: int) -> int:
    """Raises StopValidation."""
    digits = clean(typed).replace(" ", "")
    if not re.fullmatch("[0-9]{1,9}", digits) or not least <= int(digits) <= most:
        raise StopValidation(_("Écrivez un nombre entier, de %(least)s à %(most)s.", least=least, most=most))
    return int(digits)


def read_price(typed: str | None, currency: str) -> Money:
    """As people write it: `49`, `49,90`, `1 250,00 €`. Raises StopValidation."""
    plain = "".join(clean(typed).split()).removesuffix("€").replace(",", ".")
    try:
        money = Money.parse(plain, currency)
    except ValueError:
        raise StopValidation(_("Écrivez un montant comme 49 ou 49,90.")) from None
    if not 0 < money.minor <= _DEAREST:
        raise StopValidation(_("Le prix va de 0,01 à 100 000,00."))
    return money
