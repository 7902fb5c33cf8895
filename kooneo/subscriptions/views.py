"""The record's tab "Abonnements", and a change of status as a resource of its subscription."""

import uuid
from collections.abc import Mapping

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from kooneo import htmx
from kooneo.accounts.access_control import Permission, may, requires, signed_in
from kooneo.accounts.scoping import get_or_404, merchant_id
from kooneo.customers.heads import head_of
from kooneo.customers.models import Customer
from kooneo.error_pages import problem_page
from kooneo.extensions import db
from kooneo.language import gettext as _
from kooneo.settings.services import paypal_account
from kooneo.subscriptions import answers, cards, queries, words
from kooneo.subscriptions.answers import Note
from kooneo.subscriptions.cards import Card
from kooneo.subscriptions.forms import ChangeForm, form_for
from kooneo.subscriptions.lifecycle import Action, NotAllowed, needs_paypal
from kooneo.subscriptions.models import ChangeState, StatusChange, Subscription
from kooneo.subscriptions.previews import preview_of
from kooneo.subscriptions.services.request import (
    REASON_LENGTH,
    ChangeInProgress,
    KeyReused,
    KeysMissing,
    request_change,
)
from kooneo.subscriptions.services.verify import request_verification
from kooneo.subscriptions.waiting import wait_for_check, wait_for_outcome

blueprint = Blueprint("subscriptions", __name__)

_JUST_CHANGED = "just_changed"
"""Session key: the change whose answer the next record page shows."""

_JUST_VERIFIED = "just_verified"

_PATHS = f"any({', '.join(words.ACTION_BY_PATH)})"


@blueprint.get("/customers/<uuid:customer_id>/subscriptions")
@requires(Permission.SEE)
def index(customer_id: uuid.UUID) -> str:
    return _record(get_or_404(Customer, customer_id), _answer_to_tell())


def _answer_to_tell() -> dict[uuid.UUID, Note]:
    """What the last plain form did, told once."""
    if verified := session.pop(_JUST_VERIFIED, None):
        subscription = get_or_404(Subscription, uuid.UUID(verified[0]))
        return {subscription.id: answers.verified(subscription) if verified[1] else answers.not_verified_yet()}
    change_id = session.pop(_JUST_CHANGED, None)
    change = queries.find_change(merchant_id(), uuid.UUID(change_id)) if change_id else None
    if change is None:
        return {}
    subscription = get_or_404(Subscription, change.subscription_id)
    return {subscription.id: answers.about(change, subscription)}


def _record(customer: Customer, notes: Mapping[uuid.UUID, Note]) -> str:
    shown = cards.of_customer(merchant_id(), customer.id, may_change=may(Permission.CHANGE_SUBSCRIPTIONS), notes=notes)
    return render_template(
        "subscriptions/index.html",
        customer=customer,
        in_force=[card for card in shown if not card.subscription.status.ended],
        ended=[card for card in shown if card.subscription.status.ended],
        head=head_of(customer, [card.subscription for card in shown]),
    )


@blueprint.get(f"/subscriptions/<uuid:subscription_id>/<{_PATHS}:path>")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def new_change(subscription_id: uuid.UUID, path: str) -> Response | str:
    subscription, action = get_or_404(Subscription, subscription_id), words.ACTION_BY_PATH[path]
    try:
        if needs_paypal(action, subscription.standing) and paypal_account(merchant_id()) is None:
            return _conflict(subscription, answers.keys_missing())
        return _form(subscription, action, form_for(subscription, action, filled=False))
    except NotAllowed:
        return _conflict(subscription, answers.already_changed(_last_done(subscription)))


@blueprint.post(f"/subscriptions/<uuid:subscription_id>/<{_PATHS}:path>")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def create_change(subscription_id: uuid.UUID, path: str) -> Response:
    subscription = get_or_404(Subscription, subscription_id)
    action = words.ACTION_BY_PATH[path]
    try:
        form = form_for(subscription, action, filled=True)
        if not form.validate():
            return _invalid(subscription, action, form)
        change = request_change(subscription, form.wish(action), by=signed_in().actor, key=form.change_key.data)
    except ChangeInProgress as other:
        return _conflict(subscription, answers.in_progress(db.session.get_one(StatusChange, other.change_id)))
    except NotAllowed:
        return _conflict(subscription, answers.already_changed(_last_done(subscription)))
    except KeyReused:
        return _conflict(subscription, answers.form_reused())
    except KeysMissing:
        return _conflict(subscription, answers.keys_missing())
    return _told(subscription, change.id)


def _told(subscription: Subscription, change_id: uuid.UUID) -> Response:
    """From here on the request is kept: whatever fails now, nobody may be told the contrary."""
    try:
        wait_for_outcome(change_id)
        return _done(subscription, change_id)
    except SQLAlchemyError:
        db.session.rollback()
        return problem_page(
            503,
            _("Votre demande est enregistrée"),
            _(
                "Son résultat ne peut pas être lu en ce moment. Rouvrez la fiche dans un instant ; inutile de recommencer."
            ),
        )


def _form(subscription: Subscription, action: Action, form: ChangeForm) -> Response | str:
    complete = queries.complete(subscription)
    preview = preview_of(complete, action)
    return render_template(
        "subscriptions/_dialog.html" if htmx.is_htmx() else "subscriptions/change.html",
        subscription=complete,
        customer=complete.customer,
        action=action,
        preview=preview,
        form=form,
        reason_length=REASON_LENGTH,
    )


def _invalid(subscription: Subscription, action: Action, form: ChangeForm) -> Response:
    if form.change_key.errors:
        form.change_key.data = str(uuid.uuid4())
    response = make_response(_form(subscription, action, form))
    if response.status_code == 200:
        response.status_code = 422
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#dialog", "innerHTML"
    return response


def _last_done(subscription: Subscription) -> StatusChange | None:
    query = select(StatusChange).filter_by(subscription_id=subscription.id, state=ChangeState.DONE)
    return db.session.scalars(query.order_by(StatusChange.settled_at.desc()).limit(1)).one_or_none()


def _done(subscription: Subscription, change_id: uuid.UUID) -> Response:
    if not htmx.is_htmx():
        session[_JUST_CHANGED] = str(change_id)
        record = url_for("subscriptions.index", customer_id=subscription.customer_id)
        return redirect(f"{record}#subscription-{subscription.id}", 303)
    db.session.rollback()
    change = db.session.get_one(StatusChange, change_id, populate_existing=True)
    return _section(subscription, answers.about(change, db.session.get_one(Subscription, subscription.id)))


def _conflict(subscription: Subscription, note: Note) -> Response:
    """Nothing was taken: the present state, and who brought it about."""
    if htmx.is_htmx():
        response = _section(subscription, note)
        response.headers["HX-Retarget"] = f"#subscription-{subscription.id}"
        response.headers["HX-Reswap"] = "outerHTML"
    else:
        customer = get_or_404(Customer, subscription.customer_id)
        response = make_response(_record(customer, {subscription.id: note}))
    response.status_code = 409
    return response


def _section(subscription: Subscription, note: Note) -> Response:
    shown = cards.one(subscription, may_change=may(Permission.CHANGE_SUBSCRIPTIONS), note=note)
    return _answer(shown, note, {"kooneo:focus": {"id": f"subscription-{subscription.id}"}})


def _answer(shown: Card, note: Note, events: Mapping[str, object]) -> Response:
    """The section, what to say about it once, and a word to the other cards: their access may follow from this one."""
    response = make_response(render_template("subscriptions/_answer.html", card=shown, announcement=note.text))
    return htmx.tell(response, {"kooneo:changed": {"id": f"subscription-{shown.subscription.id}"}, **events})


@blueprint.post("/subscriptions/<uuid:subscription_id>/verification")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def create_verification(subscription_id: uuid.UUID) -> Response:
    """ "Vérifier auprès de PayPal": the worker looks, and the record follows."""
    subscription = get_or_404(Subscription, subscription_id)
    try:
        asked_at = request_verification(subscription)
    except KeysMissing:
        return _conflict(subscription, answers.keys_missing())
    answered = wait_for_check(subscription.id, asked_at)
    db.session.rollback()
    found = db.session.get_one(Subscription, subscription_id, populate_existing=True)
    note = answers.verified(found) if answered else answers.not_verified_yet()
    if htmx.is_htmx():
        return _section(found, note)
    session[_JUST_VERIFIED] = [str(subscription_id), answered]
    record = url_for("subscriptions.index", customer_id=found.customer_id)
    return redirect(f"{record}#subscription-{found.id}", 303)


@blueprint.get("/subscriptions/<uuid:subscription_id>/card")
@requires(Permission.SEE)
def card(subscription_id: uuid.UUID) -> Response:
    """The one fragment that draws a subscription. With the version that is `seen`: 204 while it would look the same.

    `waiting` comes from a card that waits for PayPal: what came of it is then said once.
    """
    subscription = get_or_404(Subscription, subscription_id)
    allowed = may(Permission.CHANGE_SUBSCRIPTIONS)
    shown = cards.one(subscription, may_change=allowed)
    if request.args.get("seen") == shown.version:
        return make_response("", 204)
    if "waiting" in request.args and shown.change is not None and not shown.waiting:
        note = answers.about(shown.change, shown.subscription)
        return _answer(cards.one(subscription, may_change=allowed, note=note), note, {})
    return make_response(render_template("subscriptions/_card.html", card=shown))
