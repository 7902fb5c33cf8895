"""The list of products, and a product."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404, merchant_id
from kooneo.catalog import queries, services
from kooneo.catalog.forms.products import NewProductForm, ProductForm
from kooneo.catalog.models import Product
from kooneo.catalog.views.pages import blueprint, to_product, whole_product
from kooneo.catalog.words import rule_choices
from kooneo.language import gettext as _


@blueprint.get("/products")
@requires(Permission.SEE)
def index() -> str:
    archived = "archived" in request.args
    return render_template(
        "catalog/index.html",
        archived=archived,
        products=queries.products(merchant_id(), archived=archived),
        archived_number=queries.number_of_archived(merchant_id()),
        in_force=queries.subscriptions_in_force(merchant_id()),
    )


@blueprint.get("/products/<uuid:product_id>")
@requires(Permission.SEE)
def show(product_id: uuid.UUID) -> str:
    product = whole_product(product_id)
    in_force = queries.subscriptions_in_force(merchant_id()).get(product.id, 0)
    empty = queries.empty_contents(product)
    return render_template("catalog/show.html", product=product, in_force=in_force, empty=empty)


@blueprint.get("/products/new")
@requires(Permission.EDIT_CATALOG)
def new_product() -> str:
    return _new(NewProductForm())


@blueprint.post("/products/new")
@requires(Permission.EDIT_CATALOG)
def create_product() -> Response | tuple[str, int]:
    form = NewProductForm()
    if not form.validate_on_submit():
        return _new(form), 422
    product = services.create_product(
        signed_in().member.merchant,
        title=form.title.data,
        description=form.description.data,
        rules=form.rules,
        form_key=form.form_key.data,
        by=signed_in().actor,
    )
    return to_product(product.id, _("Le produit est créé. Ajoutez ses contenus, puis une offre qui l'ouvre."))


def _new(form: NewProductForm) -> str:
    return render_template("catalog/new_product.html", form=form, rule_choices=rule_choices())


@blueprint.get("/products/<uuid:product_id>/edit")
@requires(Permission.EDIT_CATALOG)
def edit_product(product_id: uuid.UUID) -> str:
    product = get_or_404(Product, product_id)
    return render_template("catalog/edit_product.html", product=product, form=ProductForm(obj=product))


@blueprint.post("/products/<uuid:product_id>/edit")
@requires(Permission.EDIT_CATALOG)
def update_product(product_id: uuid.UUID) -> Response | tuple[str, int]:
    product = get_or_404(Product, product_id)
    form = ProductForm()
    if not form.validate_on_submit():
        return render_template("catalog/edit_product.html", product=product, form=form), 422
    services.change_product(product, title=form.title.data, description=form.description.data, by=signed_in().actor)
    return to_product(product_id, _("Le produit est enregistré."))


@blueprint.post("/products/<uuid:product_id>/archiving")
@requires(Permission.EDIT_CATALOG)
def archive_product(product_id: uuid.UUID) -> Response:
    product = get_or_404(Product, product_id)
    title = product.title
    services.archive_product(product, by=signed_in().actor)
    flash(_("« %(title)s » est archivé. Ses abonnés gardent leur accès.", title=title), "catalog")
    return redirect(url_for("catalog.index"), 303)


@blueprint.post("/products/<uuid:product_id>/restoration")
@requires(Permission.EDIT_CATALOG)
def restore_product(product_id: uuid.UUID) -> Response:
    services.restore_product(get_or_404(Product, product_id), by=signed_in().actor)
    return to_product(product_id, _("Le produit est remis au catalogue. Ses offres restent hors vente."))
