"""The order page of an offer, and what becomes of an order. Public: whoever knows an order's address sees where it stands,
and nothing of whose it is."""

import secrets
import uuid

from flask import Blueprint, abort, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kooneo import htmx
from kooneo.catalog.models import Offer
from kooneo.language import gettext as _
from kooneo.orders import words
from kooneo.orders.forms import OrderForm
from kooneo.orders.models import Order, OrderState
from kooneo.orders.queries import find_offer, find_order, live_subscription, state_of
from kooneo.orders.services.anew import end_unfinished
from kooneo.orders.services.look import request_look
from kooneo.orders.services.place import NotForSale, TooManyOrders, place
from kooneo.portal.guard import portal_session, this_merchant
from kooneo.settings.services import paypal_account
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services.request import KeysMissing
from kooneo.subscriptions.waiting import wait_until

blueprint = Blueprint("orders", __name__, url_prefix="/portal/<merchant_slug>/offers/<slug>")

Answer = str | tuple[str, int] | Response

_BROWSER = "orders"
"""Session key."""


@blueprint.get("")
def show(merchant_slug: str, slug: str) -> Answer:
    offer = _offer(slug)
    browser()
    found = portal_session()
    known = {name: getattr(found.customer, name) for name in ("given_name", "family_name", "email")} if found else {}
    return _page(offer, OrderForm(formdata=None, data=known))


@blueprint.post("")
def create(merchant_slug: str, slug: str) -> Answer:
    offer, form = _offer(slug), OrderForm()
    if _already(offer):
        return _page(offer, form)
    if not form.validate():
        return _page(offer, form, 422)
    address = request.remote_addr or ""
    try:
        order = place(offer, form.draft(), key=form.key.data, browser=browser(), address=address)
    except (NotForSale, KeysMissing):
        return _page(_offer(slug), form)
    except TooManyOrders:
        form.email.errors = [_("Trop de commandes viennent de cette connexion. Réessayez dans une heure.")]
        return _page(offer, form, 429)
    found = portal_session()
    if found and found.customer.email == order.email:
        end_unfinished(order, found.customer)
    return to_paypal(offer, order.id)


def to_paypal(offer: Offer, order_id: uuid.UUID) -> Response:
    """By way of the order's page, once PayPal has answered or three seconds are over."""
    slug = offer.slug
    wait_until(lambda: state_of(order_id) != OrderState.OPEN)
    address = url_for(
        "orders.show_order", merchant_slug=this_merchant().slug, slug=slug, order_id=order_id, to="paypal"
    )
    return redirect(address, 303)


def browser() -> str:
    """What this browser's orders are known by."""
    token: str = session.setdefault(_BROWSER, secrets.token_urlsafe(32))
    return token


@blueprint.get("/orders/<uuid:order_id>")
def show_order(merchant_slug: str, slug: str, order_id: uuid.UUID) -> Response:
    order = _order(slug, order_id)
    if "returned" in request.args:
        request_look(order)  # without script this page, which comes again every few seconds, is all that asks
    response = make_response(render_template("orders/order.html", **_drawn(order)))
    if request.args.get("to") == "paypal" and order.state == OrderState.AWAITING:
        # Not a redirection: the page's policy lets no form lead elsewhere, and this page is there when PayPal is not.
        response.headers["Refresh"] = f"0; url={order.approve_url}"
    return response


@blueprint.get("/orders/<uuid:order_id>/state")
def order_state(merchant_slug: str, slug: str, order_id: uuid.UUID) -> Response:
    """The part of the page that changes by itself. With the state that is `seen`: 204 while it would look the same."""
    order = _order(slug, order_id)
    if request.args.get("seen") == order.state:
        return make_response("", 204)
    if order.state == OrderState.AWAITING and request.args.get("seen") == OrderState.OPEN:
        return htmx.to_page(order.approve_url or "")
    return make_response(render_template("orders/_order_answer.html", **_drawn(order)))


@blueprint.post("/orders/<uuid:order_id>/check")
def check(merchant_slug: str, slug: str, order_id: uuid.UUID) -> Answer:
    """ "J'ai donné mon accord": PayPal is asked now."""
    request_look(_order(slug, order_id))
    wait_until(lambda: state_of(order_id) != OrderState.AWAITING)
    if htmx.is_htmx():
        return render_template("orders/_order_answer.html", **_drawn(_order(slug, order_id), asked=True))
    return redirect(url_for("orders.show_order", **request.view_args or {}, returned=1), 303)


def _offer(slug: str) -> Offer:
    return find_offer(this_merchant().id, slug) or abort(404)


def _order(slug: str, order_id: uuid.UUID) -> Order:
    order = find_order(this_merchant().id, order_id)
    return order if order and order.offer.slug == slug else abort(404)


def _drawn(order: Order, *, asked: bool = False) -> dict[str, object]:
    returned = asked or "returned" in request.args
    answer = words.answer(order, returned=returned, left="left" in request.args)
    return {"order": order, "offer": order.offer, "answer": answer, "returned": returned, "asked": asked}


def _already(offer: Offer) -> Subscription | None:
    """What the customer who is signed in pays for already. Nobody else is told."""
    found = portal_session()
    return live_subscription(found.customer_id, offer) if found else None


def _page(offer: Offer, form: OrderForm, status: int = 200) -> Answer:
    if not offer.on_sale:
        return render_template("orders/closed.html", offer=offer, sold=False), 410
    if paypal_account(offer.merchant_id) is None:
        return render_template("orders/closed.html", offer=offer, sold=True), 503
    if already := _already(offer):
        return render_template("orders/already.html", offer=offer, subscription=already), 409
    page = render_template(
        "orders/show.html",
        offer=offer,
        form=form,
        commitment=words.commitment(offer.terms),
        consent=words.consent(),
    )
    return page, status
