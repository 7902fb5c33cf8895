"""The pages of what is paid outside PayPal."""

import uuid
from datetime import date

from flask import Blueprint, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404, merchant_id
from kooneo.catalog.models import Offer
from kooneo.catalog.queries import offers_for_sale
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.language import gettext as _
from kooneo.language import time_zone
from kooneo.money import Money, read_amount
from kooneo.subscriptions import words
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services.manual import add_manual, record_payment
from kooneo.text import DAY_FORMATS, clean

blueprint = Blueprint("manual", __name__)

Answer = Response | tuple[str, int] | str


class _DatedForm(FlaskForm):  # type: ignore[misc]
    key = HiddenField(
        validators=[InputRequired(), Length(max=50), Regexp(r"[A-Za-z0-9-]+\Z")], default=lambda: str(uuid.uuid4())
    )
    day = DateField(format=DAY_FORMATS, validators=[])

    def validate_day(self, field: DateField) -> None:
        if field.data is None or field.errors:
            field.errors = []
            raise ValidationError(_("Indiquez une date, comme 31/12/2026."))
        if not date(2000, 1, 1) <= field.data <= today():
            raise ValidationError(_("Indiquez une date qui n'est pas à venir."))


class SubscriptionForm(_DatedForm):
    offer = SelectField(validate_choice=False)

    def validate_offer(self, field: SelectField) -> None:
        if field.data not in [value for value, _label in field.choices if value]:
            raise ValidationError(_("Choisissez une offre."))


class PaymentForm(_DatedForm):
    amount = StringField(filters=[clean])
    read: Money

    def expect(self, price: Money) -> None:
        self.price = price

    def validate_amount(self, field: StringField) -> None:
        try:
            self.read = read_amount(field.data, self.price.currency)
        except ValueError:
            raise ValidationError(_("Indiquez un montant, comme 49,00.")) from None
        if self.read.minor <= 0:
            raise ValidationError(_("Le montant doit être plus grand que zéro."))


def today() -> date:
    return now().astimezone(time_zone()).date()


@blueprint.get("/customers/<uuid:customer_id>/subscriptions/new")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def new_subscription(customer_id: uuid.UUID) -> Answer:
    customer = get_or_404(Customer, customer_id)
    return _subscription_page(customer, _with_offers(SubscriptionForm(formdata=None, day=today())))


@blueprint.post("/customers/<uuid:customer_id>/subscriptions/new")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def create_subscription(customer_id: uuid.UUID) -> Answer:
    customer, form = get_or_404(Customer, customer_id), _with_offers(SubscriptionForm())
    if not form.validate():
        return _subscription_page(customer, form), 422
    offer = get_or_404(Offer, uuid.UUID(form.offer.data))
    added = add_manual(customer, offer, started_on=form.day.data, by=signed_in().actor, key=form.key.data)
    return _to_record(added.customer_id, added.id)


@blueprint.get("/subscriptions/<uuid:subscription_id>/payments/new")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def new_payment(subscription_id: uuid.UUID) -> Answer:
    subscription = get_or_404(Subscription, subscription_id)
    amount = str(subscription.price).replace(".", ",")
    return _payment_page(subscription, PaymentForm(formdata=None, day=today(), amount=amount))


@blueprint.post("/subscriptions/<uuid:subscription_id>/payments/new")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def create_payment(subscription_id: uuid.UUID) -> Answer:
    subscription, form = get_or_404(Subscription, subscription_id), PaymentForm()
    form.expect(subscription.price)
    if not form.validate():
        return _payment_page(subscription, form), 422
    record_payment(subscription, amount=form.read, received_on=form.day.data, by=signed_in().actor, key=form.key.data)
    return _to_record(subscription.customer_id, subscription.id)


def _with_offers(form: SubscriptionForm) -> SubscriptionForm:
    offers = offers_for_sale(merchant_id())
    labelled = [(str(offer.id), f"{offer.title}, {words.price(offer.terms)}") for offer in offers]
    form.offer.choices = [("", _("Choisir…")), *labelled]
    return form


def _subscription_page(customer: Customer, form: SubscriptionForm) -> str:
    return render_template("subscriptions/new_manual.html", customer=customer, form=form)


def _payment_page(subscription: Subscription, form: PaymentForm) -> str:
    customer = get_or_404(Customer, subscription.customer_id)
    offer = get_or_404(Offer, subscription.offer_id)
    return render_template(
        "subscriptions/new_payment.html", customer=customer, subscription=subscription, offer=offer, form=form
    )


def _to_record(customer_id: uuid.UUID, subscription_id: uuid.UUID) -> Response:
    record = url_for("subscriptions.index", customer_id=customer_id)
    return redirect(f"{record}#subscription-{subscription_id}", 303)
