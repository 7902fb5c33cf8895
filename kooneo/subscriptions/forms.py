"""The forms of a change of status."""

import uuid
from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from kooneo.billing.models import Payment
from kooneo.billing.queries import payments_by_paypal
from kooneo.clock import now
from kooneo.language import gettext as _
from kooneo.language import time_zone
from kooneo.subscriptions.letters import tells_unless_declined
from kooneo.subscriptions.lifecycle import ENDING, Action, Standing, SubscriptionStatus, transitions
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services.request import REASON_LENGTH, Wish
from kooneo.subscriptions.words import label
from kooneo.text import DAY_FORMATS, clean


class ChangeForm(FlaskForm):  # type: ignore[misc]
    reason_required = False

    change_key = HiddenField(
        validators=[InputRequired(), Length(max=64), Regexp(r"[A-Za-z0-9-]+\Z")], default=lambda: str(uuid.uuid4())
    )
    """Made with the form: sent twice, it is one change."""
    reason = StringField(filters=[clean])

    def validate_reason(self, field: StringField) -> None:
        if len(field.data) > REASON_LENGTH:
            raise ValidationError(_("Le motif est trop long : %(limit)s caractères au plus.", limit=REASON_LENGTH))
        if self.reason_required and not field.data:
            raise ValidationError(_("Dites pourquoi : une correction garde son motif."))

    def wish(self, action: Action) -> Wish:
        return Wish(action, self.reason.data)


class Tick(BooleanField):  # type: ignore[misc]
    """Unticked is an answer too: a hidden field before the box gives it. None when a form has neither."""

    def process_data(self, value: bool | None) -> None:
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            super().process_formdata(valuelist[-1:])


class EndingForm(ChangeForm):
    notify = Tick()

    def wish(self, action: Action) -> Wish:
        return Wish(action, self.reason.data, notify=self.notify.data)


class InterruptionForm(EndingForm):
    """With the last payment, PayPal's to give back when it wishes."""

    refund = StringField(filters=[clean])
    """The payment's id: what was read is what is given back."""

    def offer_refund_of(self, payments: Sequence[Payment]) -> None:
        """What PayPal took for this subscription, the newest first."""
        self.payments = payments

    @property
    def last_payment(self) -> Payment | None:
        """None when nothing of it is left to give back."""
        return next((payment for payment in self.payments[:1] if payment.refundable.minor), None)

    @property
    def part_unknown(self) -> bool:
        """Of the last one, nobody knows how much is left."""
        return any(payment.part_unknown for payment in self.payments[:1])

    def validate_refund(self, field: StringField) -> None:
        if field.data and field.data not in [str(payment.id) for payment in self.payments]:
            raise ValidationError(_("Ce paiement n'est pas de cet abonnement : relisez, puis confirmez de nouveau."))

    def wish(self, action: Action) -> Wish:
        refund = uuid.UUID(self.refund.data) if self.refund.data else None
        return Wish(action, self.reason.data, notify=self.notify.data, refund=refund)


class CorrectionForm(ChangeForm):
    reason_required = True

    to = RadioField(validate_choice=False)

    def offer(self, standing: Standing) -> None:
        """The statuses it can be corrected to. Raises NotAllowed."""
        self.to.choices = [(row.target.value, label(row.target)) for row in transitions(Action.CORRECT, standing)]

    def validate_to(self, field: RadioField) -> None:
        if field.data not in [value for value, _label in field.choices]:
            raise ValidationError(_("Choisissez le statut qui aurait dû être indiqué."))

    def wish(self, action: Action) -> Wish:
        return Wish(action, self.reason.data, to=SubscriptionStatus(self.to.data))


class PauseForm(ChangeForm):
    resume_on = DateField(format=DAY_FORMATS, validators=[Optional()])

    def validate_resume_on(self, field: DateField) -> None:
        if field.errors:
            field.errors = []
            raise ValidationError(_("Indiquez une date, comme 31/12/2026."))
        if field.data is not None and field.data <= now().astimezone(time_zone()).date():
            raise ValidationError(_("Choisissez un jour à venir, ou laissez vide."))

    def wish(self, action: Action) -> Wish:
        return Wish(action, self.reason.data, resume_on=self.resume_on.data)


_FORMS: dict[Action, type[ChangeForm]] = {
    **dict.fromkeys(ENDING, EndingForm),
    **dict.fromkeys((Action.CANCEL, Action.ABANDON), InterruptionForm),
    Action.CORRECT: CorrectionForm,
    Action.PAUSE: PauseForm,
}


def form_for(subscription: Subscription, action: Action, *, filled: bool) -> ChangeForm:
    """`filled`: with what was posted. Raises NotAllowed for a correction that has nothing to correct to."""
    standing = subscription.standing
    kind = _FORMS.get(action, ChangeForm)
    form = kind() if filled else kind(formdata=None, data={"notify": tells_unless_declined(action, standing)})
    if isinstance(form, CorrectionForm):
        form.offer(standing)
    if isinstance(form, InterruptionForm):
        form.offer_refund_of(payments_by_paypal(subscription))
    return form
