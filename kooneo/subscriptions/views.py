"""A change of status as a resource of its subscription: the form, and doing it."""

import uuid
from collections.abc import Mapping

from flask import Blueprint, abort, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kooneo import htmx
from kooneo.accounts.access_control import Permission, may, requires, signed_in
from kooneo.customers.models import Customer
from kooneo.customers.views import JUST_CHANGED, subscriptions_page
from kooneo.extensions import db
from kooneo.scoping import get_or_404
from kooneo.subscriptions import answers, cards, queries, words
from kooneo.subscriptions.answers import Note
from kooneo.subscriptions.cards import Card
from kooneo.subscriptions.forms import ChangeForm
from kooneo.subscriptions.lifecycle import Action, NotAllowed
from kooneo.subscriptions.models import StatusChange, Subscription
from kooneo.subscriptions.previews import preview_of
from kooneo.subscriptions.services.request import (
    REASON_LENGTH,
    ChangeInProgress,
    KeyReused,
    KeysMissing,
    request_change,
)
from kooneo.subscriptions.waiting import wait_for_outcome

blueprint = Blueprint("subscriptions", __name__)


def _action(path: str) -> Action:
    if path not in words.ACTION_BY_PATH:
        abort(404)
    return words.ACTION_BY_PATH[path]


@blueprint.get("/subscriptions/<uuid:subscription_id>/<any(cancellation, completion, abandonment):path>")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def new_change(subscription_id: uuid.UUID, path: str) -> Response | str:
    subscription = get_or_404(Subscription, subscription_id)
    return _form(subscription, _action(path), ChangeForm(formdata=None))


@blueprint.post("/subscriptions/<uuid:subscription_id>/<any(cancellation, completion, abandonment):path>")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def create_change(subscription_id: uuid.UUID, path: str) -> Response:
    subscription = get_or_404(Subscription, subscription_id)
    action, form = _action(path), ChangeForm()
    if not form.validate():
        return _invalid(subscription, action, form)
    try:
        change = request_change(
            subscription, action, by=signed_in().actor, key=form.change_key.data, reason=form.reason.data
        )
    except ChangeInProgress as other:
        return _conflict(subscription, answers.in_progress(db.session.get_one(StatusChange, other.change_id)))
    except NotAllowed:
        return _conflict(subscription, answers.already_changed(_latest(subscription)))
    except KeyReused:
        return _conflict(subscription, answers.form_reused())
    except KeysMissing:
        return _conflict(subscription, answers.keys_missing())
    wait_for_outcome(change.id)
    return _done(subscription, change.id)


def _form(subscription: Subscription, action: Action, form: ChangeForm) -> Response | str:
    complete = _complete(subscription)
    try:
        preview = preview_of(complete, action)
    except NotAllowed:
        return _conflict(subscription, answers.already_changed(_latest(subscription)))
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
    if form.key_is_missing:
        form.change_key.data = str(uuid.uuid4())
    response = make_response(_form(subscription, action, form))
    if response.status_code == 200:
        response.status_code = 422
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#dialog", "innerHTML"
    return response


def _complete(subscription: Subscription) -> Subscription:
    rows = queries.of_customer(subscription.merchant_id, subscription.customer_id)
    return next(row for row in rows if row.id == subscription.id)


def _latest(subscription: Subscription) -> StatusChange | None:
    changes = _complete(subscription).changes
    return changes[0] if changes else None


def _done(subscription: Subscription, change_id: uuid.UUID) -> Response:
    if not htmx.is_htmx():
        session[JUST_CHANGED] = str(change_id)
        record = url_for("customers.subscriptions", customer_id=subscription.customer_id)
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
        response = make_response(subscriptions_page(customer, {subscription.id: note}))
    response.status_code = 409
    return response


def _section(subscription: Subscription, note: Note) -> Response:
    shown = cards.one(subscription, may_change=may(Permission.CHANGE_SUBSCRIPTIONS), note=note)
    events = {"kooneo:focus": {"id": f"subscription-{subscription.id}"}, "kooneo:changed": {}}
    return _answer(shown, note, events)


def _answer(shown: Card, note: Note, events: Mapping[str, object]) -> Response:
    """The section, what to say about it once, and a word to the other cards: their access may follow from this one."""
    response = make_response(render_template("subscriptions/_answer.html", card=shown, announcement=note.text))
    return htmx.tell(response, events)


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
        return _answer(cards.one(subscription, may_change=allowed, note=note), note, {"kooneo:changed": {}})
    return make_response(render_template("subscriptions/_card.html", card=shown))
