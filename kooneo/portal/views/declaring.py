"""What ending and withdrawing have in common: it is kept first, then carried out as far as it goes by itself."""

from datetime import date

from flask import render_template
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from kooneo.error_pages import problem_page
from kooneo.extensions import db
from kooneo.journal.services import Actor
from kooneo.language import gettext as _
from kooneo.legal import queries
from kooneo.legal.models import NAME_LENGTH, LegalRequest, RequestKind
from kooneo.legal.services.carry_out import carry_out
from kooneo.legal.services.receive import Declaration, declare
from kooneo.portal.forms import DeclarationForm
from kooneo.portal.guard import this_customer
from kooneo.portal.views.pages import Answer, to_page
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.references import contract_reference
from kooneo.subscriptions.waiting import wait_for_outcome


def declared_before(form: DeclarationForm, subscription: Subscription) -> Answer | None:
    """The answer to a form that came once already; none to a new one."""
    known = queries.by_key(subscription.merchant_id, form.change_key.data or "")
    if known is None:
        return None
    if known.subscription_id != subscription.id:
        return refused(_("Ce formulaire a déjà servi, pour un autre contrat."), subscription)
    return to_page("request", request_id=known.id)


def declare_and_wait(
    subscription: Subscription, kind: RequestKind, form: DeclarationForm, *, wished_on: date | None = None
) -> Answer:
    """To the proof, once PayPal has answered or three seconds are over."""
    customer = this_customer()
    declaration = Declaration(
        kind=kind,
        name=customer.name[:NAME_LENGTH],
        email=customer.email,
        contract=contract_reference(subscription),
        wished_on=wished_on,
        motive=form.reason.data,
    )
    by = Actor("customer", customer.name, "portal", customer.id)
    request = declare(subscription, declaration, key=form.change_key.data, by=by)
    return _told(request)


def _told(request: LegalRequest) -> Response:
    """From here on it is kept: whatever fails now, nobody may be told the contrary."""
    request_id = request.id
    try:
        carry_out(request_id)
        if change := queries.change_for(request):
            wait_for_outcome(change.id)
    except SQLAlchemyError:
        db.session.rollback()
        text = _(
            "Sa suite ne peut pas être lue en ce moment. Rouvrez vos abonnements dans un instant ; rien n'est perdu."
        )
        return problem_page(503, _("Votre demande est enregistrée"), text)
    return to_page("request", request_id=request_id)


def refused(why: str, subscription: Subscription) -> tuple[str, int]:
    """Nothing was taken: why, and the present state."""
    return render_template("portal/refused.html", why=why, subscription=subscription), 409
