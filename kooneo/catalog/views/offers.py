"""The offers that open products."""

import uuid

from flask import abort, current_app, render_template, request, url_for
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404, merchant_id
from kooneo.catalog import queries, services
from kooneo.catalog.forms.offers import CURRENCIES, MOST_CYCLES, NewOfferForm, OfferForm, typed
from kooneo.catalog.models import Offer, Product
from kooneo.catalog.views.pages import blueprint, to_product
from kooneo.catalog.words import currency_name, interval_names
from kooneo.language import gettext as _


@blueprint.get("/offers/new")
@requires(Permission.EDIT_CATALOG)
def new_offer() -> str:
    product = _asked_for()
    chosen = {"products": [str(product.id)] if product else [], "for_sale": True}
    return _page(NewOfferForm(queries.products(merchant_id()), data=chosen), product)


@blueprint.post("/offers/new")
@requires(Permission.EDIT_CATALOG)
def create_offer() -> Response | tuple[str, int]:
    product = _asked_for()
    form = NewOfferForm(queries.products(merchant_id()))
    if not form.validate_on_submit():
        return _page(form, product), 422
    back_to = product.id if product else next(iter(form.product_ids))
    merchant, key, by = signed_in().member.merchant, form.form_key.data, signed_in().actor
    services.create_offer(merchant, form.draft, form_key=key, by=by)
    return to_product(back_to, _("L'offre est créée."))


def _asked_for() -> Product | None:
    """The product whose page the form was opened from."""
    if not request.args.get("product"):
        return None
    try:
        return get_or_404(Product, uuid.UUID(request.args["product"]))
    except ValueError:
        abort(404)


@blueprint.get("/offers/<uuid:offer_id>/edit")
@requires(Permission.EDIT_CATALOG)
def edit_offer(offer_id: uuid.UUID) -> str:
    offer = _found(offer_id)
    return _page(_form(offer, data=typed(offer)), offer.products[0], offer)


@blueprint.post("/offers/<uuid:offer_id>/edit")
@requires(Permission.EDIT_CATALOG)
def update_offer(offer_id: uuid.UUID) -> Response | tuple[str, int]:
    offer = _found(offer_id)
    form = _form(offer)
    if not form.validate_on_submit():
        return _page(form, offer.products[0], offer), 422
    back_to = min(form.product_ids, key=lambda product_id: product_id != offer.products[0].id)
    services.change_offer(offer, form.draft, by=signed_in().actor)
    return to_product(back_to, _("L'offre est enregistrée. Les abonnements en cours gardent leur prix."))


@blueprint.post("/offers/<uuid:offer_id>/archiving")
@requires(Permission.EDIT_CATALOG)
def archive_offer(offer_id: uuid.UUID) -> Response:
    offer = _found(offer_id)
    product_id, title = offer.products[0].id, offer.title
    services.archive_offer(offer, by=signed_in().actor)
    return to_product(product_id, _("« %(title)s » est archivée. Ses abonnements continuent.", title=title))


@blueprint.post("/offers/<uuid:offer_id>/restoration")
@requires(Permission.EDIT_CATALOG)
def restore_offer(offer_id: uuid.UUID) -> Response:
    offer = _found(offer_id)
    product_id = offer.products[0].id
    services.restore_offer(offer, by=signed_in().actor)
    return to_product(
        product_id, _("L'offre est remise au catalogue. Elle n'est pas en vente : modifiez-la pour l'y remettre.")
    )


def _found(offer_id: uuid.UUID) -> Offer:
    return get_or_404(Offer, offer_id, selectinload(Offer.products))


def _form(offer: Offer, **values: object) -> OfferForm:
    """What somebody has subscribed to stays in the offer: taking it out would close it to them."""
    sold = {product.id: product for product in offer.products}
    choices = sold | {product.id: product for product in queries.products(merchant_id())}
    kept = frozenset(sold) if queries.number_ever(offer) else frozenset()
    return OfferForm(sorted(choices.values(), key=lambda product: product.title), kept, **values)


def _order_page(offer: Offer) -> str:
    """The whole address: it is copied to wherever the merchant sells."""
    slug = signed_in().member.merchant.slug
    return f"{current_app.config['SETTINGS'].base_url}{url_for('orders.show', merchant_slug=slug, slug=offer.slug)}"


def _page(form: OfferForm, product: Product | None, offer: Offer | None = None) -> str:
    return render_template(
        "catalog/offer_form.html",
        form=form,
        product=product,
        offer=offer,
        in_force=queries.number_in_force(offer) if offer else 0,
        order_page=_order_page(offer) if offer else "",
        most_cycles=MOST_CYCLES,
        currencies=[(code, currency_name(code)) for code in CURRENCIES],
        intervals=interval_names(),
    )
