"""The page of "Rembourser": what will happen, and how much."""

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404
from kooneo.billing import words
from kooneo.billing.models import Payment
from kooneo.billing.refunds import RefundRequest
from kooneo.billing.services.request import NotRefundable, RefundInProgress, give_up, request_refund
from kooneo.catalog.models import Offer
from kooneo.customers.models import Customer
from kooneo.error_pages import problem_page
from kooneo.extensions import db
from kooneo.language import amount as written
from kooneo.language import gettext as _
from kooneo.money import Money, read_amount
from kooneo.settings.words import keys_first
from kooneo.subscriptions.models import ChangeState, Subscription
from kooneo.subscriptions.services.request import KeyReused, KeysMissing
from kooneo.subscriptions.waiting import wait_until
from kooneo.text import clean

blueprint = Blueprint("refunding", __name__)

Answer = Response | tuple[str, int] | str


class RefundForm(FlaskForm):  # type: ignore[misc]
    key = HiddenField(
        validators=[InputRequired(), Length(max=64), Regexp(r"[A-Za-z0-9-]+\Z")], default=lambda: str(uuid.uuid4())
    )
    """Made with the form: sent twice, it is one refund."""
    amount = StringField(filters=[clean])

    def expect(self, most: Money) -> None:
        self.most = most

    def validate_amount(self, field: StringField) -> None:
        try:
            self.read = read_amount(field.data or "", self.most.currency)
        except ValueError:
            raise ValidationError(_("Indiquez un montant, comme 49,00.")) from None
        if self.read.minor <= 0:
            raise ValidationError(_("Le montant doit être plus grand que zéro."))
        if self.read.minor > self.most.minor:
            raise ValidationError(_("Il reste %(left)s à rembourser sur ce paiement.", left=written(self.most)))


@blueprint.get("/payments/<uuid:payment_id>/refund")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def new_refund(payment_id: uuid.UUID) -> Answer:
    payment = get_or_404(Payment, payment_id)
    if not payment.refundable.minor:
        return _nothing_left(payment)
    return _page(payment, RefundForm(formdata=None, amount=str(payment.refundable).replace(".", ",")))


@blueprint.post("/payments/<uuid:payment_id>/refund")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def create_refund(payment_id: uuid.UUID) -> Answer:
    payment, form = get_or_404(Payment, payment_id), RefundForm()
    # The same form again is answered by the service, whatever is left by then.
    form.expect(payment.amount)
    if not form.validate():
        return _page(payment, form), 422
    try:
        refund = request_refund(payment, form.read, by=signed_in().actor, key=form.key.data)
    except NotRefundable:
        form.amount.errors = [_("Il reste %(left)s à rembourser sur ce paiement.", left=written(payment.refundable))]
        return (_page(payment, form), 422) if payment.refundable.minor else _nothing_left(payment)
    except RefundInProgress:
        return _conflict(_("Un remboursement de ce paiement est déjà en cours : attendez la réponse de PayPal."))
    except KeyReused:
        return _conflict(_("Ce formulaire a déjà servi, avec un autre montant. Rouvrez « Rembourser »."))
    except KeysMissing:
        return _conflict(keys_first())
    return _told(payment.customer_id, refund.id)


@blueprint.post("/refunds/<uuid:refund_id>/giving-up")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def give_up_refund(refund_id: uuid.UUID) -> Answer:
    """ "Renoncer": when it was asked for anew meanwhile, the list shows that it is gone."""
    give_up(get_or_404(RefundRequest, refund_id), by=signed_in().actor)
    return redirect(url_for("attention.index"), 303)


def _told(customer_id: uuid.UUID, refund_id: uuid.UUID) -> Response:
    wait_until(lambda: _state(refund_id) != ChangeState.OPEN)
    db.session.rollback()
    note = words.about(db.session.get_one(RefundRequest, refund_id, populate_existing=True))
    flash(note.text, f"refund-{note.tone}")
    return redirect(url_for("billing.index", customer_id=customer_id), 303)


def _state(refund_id: uuid.UUID) -> ChangeState | None:
    db.session.rollback()
    return db.session.scalars(select(RefundRequest.state).filter_by(id=refund_id)).one_or_none()


def _page(payment: Payment, form: RefundForm) -> str:
    subscription = get_or_404(Subscription, payment.subscription_id)
    return render_template(
        "billing/refund.html",
        payment=payment,
        customer=get_or_404(Customer, payment.customer_id),
        subscription=subscription,
        offer=get_or_404(Offer, subscription.offer_id),
        form=form,
    )


def _nothing_left(payment: Payment) -> Response:
    if payment.part_unknown:
        return _conflict(render_template("billing/_part_unknown.html").strip())
    return _conflict(_("PayPal n'a rien pris par ce paiement, ou tout en est déjà rendu."))


def _conflict(why: str) -> Response:
    return problem_page(409, _("Ce paiement n'a pas été remboursé"), f"{why} {_('Rien n’a été envoyé à PayPal.')}")
