"""An offer: which products, for how much, how often, how many times."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, SelectField, SelectMultipleField, StringField
from wtforms.validators import StopValidation

from kooneo.catalog.forms.checks import KeyedForm, one_of, read_price, text_of, whole_number
from kooneo.catalog.forms.products import TITLE_LENGTH
from kooneo.catalog.models import Offer, Product
from kooneo.catalog.services.offers import OfferDraft
from kooneo.language import gettext as _
from kooneo.money import Money
from kooneo.terms import Interval, Terms
from kooneo.text import clean

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "CAD")
MOST_CYCLES = 999

# PayPal's longest rhythms (billing plan, frequency.interval_count).
_LONGEST = {Interval.DAY: 365, Interval.WEEK: 52, Interval.MONTH: 12, Interval.YEAR: 1}


class OfferForm(FlaskForm):  # type: ignore[misc]
    title = StringField(validators=text_of("Donnez un titre à l'offre.", at_most=TITLE_LENGTH), filters=[clean])
    products = SelectMultipleField(validate_choice=False)
    price = StringField()
    currency = SelectField(validate_choice=False, default=CURRENCIES[0])
    interval = SelectField(
        validators=one_of(Interval, "Choisissez le rythme des paiements."),
        validate_choice=False,
        default=Interval.MONTH,
    )
    interval_count = StringField(default="1")
    total_cycles = StringField()
    commitment_cycles = StringField()
    for_sale = BooleanField()

    money = Money(0, CURRENCIES[0])
    every = 1
    total: int | None = None
    commitment: int | None = None

    def __init__(self, choices: Sequence[Product], kept: frozenset[uuid.UUID] = frozenset(), **values: Any) -> None:
        """`kept`: products that cannot be taken out."""
        super().__init__(**values)
        self.choices: Mapping[str, Product] = {str(product.id): product for product in choices}
        self.kept = kept

    @property
    def product_ids(self) -> frozenset[uuid.UUID]:
        return self.kept | {self.choices[chosen].id for chosen in self.products.data or [] if chosen in self.choices}

    @property
    def draft(self) -> OfferDraft:
        """What was typed, once it is valid."""
        terms = Terms(self.money, Interval(self.interval.data), self.every, self.total, self.commitment)
        return OfferDraft(self.title.data, self.product_ids, terms, bool(self.for_sale.data))

    def validate_products(self, _field: Field) -> None:
        if not self.product_ids:
            raise StopValidation(_("Choisissez au moins un produit."))

    def validate_price(self, field: Field) -> None:
        currency = self.currency.data if self.currency.data in CURRENCIES else CURRENCIES[0]
        self.money = read_price(field.data, currency)

    def validate_currency(self, field: Field) -> None:
        if field.data not in CURRENCIES:
            raise StopValidation(_("Choisissez une monnaie de la liste."))

    def validate_interval_count(self, field: Field) -> None:
        known = self.interval.data in list(Interval)
        self.every = whole_number(field.data, least=1, most=_LONGEST[Interval(self.interval.data)] if known else 365)

    def validate_total_cycles(self, field: Field) -> None:
        self.total = _cycles(field)

    def validate_commitment_cycles(self, field: Field) -> None:
        self.commitment = _cycles(field)
        if self.total and self.commitment and self.commitment > self.total:
            raise StopValidation(_("L'engagement ne peut pas dépasser le nombre d'échéances."))

    def validate_for_sale(self, field: Field) -> None:
        archived = [p.title for p in self.choices.values() if p.id in self.product_ids and p.archived_at]
        if field.data and archived:
            raise StopValidation(
                _(
                    "« %(title)s » est archivé : remettez-le au catalogue avant de remettre l'offre en vente.",
                    title=archived[0],
                )
            )


class NewOfferForm(KeyedForm, OfferForm):
    pass


def _cycles(field: Field) -> int | None:
    return whole_number(field.data, least=1, most=MOST_CYCLES) if clean(field.data) else None


def typed(offer: Offer) -> dict[str, Any]:
    """An offer as somebody would have typed it."""
    return {
        "title": offer.title,
        "products": [str(product.id) for product in offer.products],
        "price": str(offer.price).replace(".", ","),
        "currency": offer.currency,
        "interval": offer.interval,
        "interval_count": str(offer.interval_count),
        "total_cycles": str(offer.total_cycles or ""),
        "commitment_cycles": str(offer.commitment_cycles or ""),
        "for_sale": offer.for_sale,
    }
