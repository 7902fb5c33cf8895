"""Réglages > Propositions de reprise: whether, to whom, in which words, and what has come of it."""

from dataclasses import asdict

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kooneo import htmx
from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import merchant_id
from kooneo.catalog.queries import offers, product_titles
from kooneo.language import gettext as _
from kooneo.winback import words
from kooneo.winback.figures import figures_of
from kooneo.winback.forms import SettingsForm, StepForm
from kooneo.winback.models import SUBJECT_LENGTH, TEXT_LENGTH, Step
from kooneo.winback.placeholders import PLACEHOLDERS
from kooneo.winback.previews import Preview, previewed
from kooneo.winback.series import Template, series_of, settings_of, template_of
from kooneo.winback.services.choose import choose_settings, rewrite

blueprint = Blueprint("winback", __name__, url_prefix="/settings/winback")

Page = tuple[str, int]

_STEP = "/<any(first,second,third):step>"


@blueprint.get("")
@requires(Permission.CONFIGURE)
def show() -> str:
    settings, products = settings_of(merchant_id()), product_titles(merchant_id())
    form = SettingsForm(formdata=None, obj=settings)
    form.products.data = [str(product_id) for product_id, _title in products if product_id not in settings.unproposed]
    return render_template(
        "winback/settings.html",
        form=form,
        products=products,
        series=series_of(merchant_id()),
        figures=figures_of(merchant_id()),
        winback_words=words,
    )


@blueprint.post("")
@requires(Permission.CONFIGURE)
def save() -> Response:
    """Nothing in it can be wrong: what is not one of the merchant's products is left out."""
    form = SettingsForm()
    products = frozenset(product_id for product_id, _title in product_titles(merchant_id()))
    choose_settings(merchant_id(), form.settings(products), by=signed_in().actor)
    flash(words.switched(on=form.enabled.data), "settings")
    return redirect(url_for("winback.show"), 303)


@blueprint.get(_STEP)
@requires(Permission.CONFIGURE)
def edit(step: str) -> str:
    template = template_of(merchant_id(), Step(step))
    data = asdict(template) | {"days": str(template.days or ""), "offer": str(template.offer_id or "")}
    return _page(StepForm(formdata=None, data=data), template)


@blueprint.post(_STEP)
@requires(Permission.CONFIGURE)
def rewrite_step(step: str) -> Response | Page | str:
    """The button "Voir l'aperçu", and htmx as one types, send `preview`: then nothing is kept."""
    form, kept = _form(Step(step)), template_of(merchant_id(), Step(step))
    valid = form.validate()
    template = form.template(Step(step)) if valid else kept
    if "preview" in request.form:
        if htmx.is_htmx():
            return _preview(template)
        return _page(form, template), 200 if valid else 422
    if not valid:
        return _page(form, template), 422
    rewrite(merchant_id(), template, by=signed_in().actor)
    flash(_("Le message est enregistré. Ceux qui sont déjà partis ne changent pas."), "settings")
    return redirect(url_for("winback.edit", step=step), 303)


def _form(step: Step) -> StepForm:
    form = StepForm()
    series = series_of(merchant_id())
    form.earlier = max((each.days or 0 for each in series if step in each.step.following), default=0)
    form.offers = {str(offer.id): offer for offer in offers(merchant_id())}
    form.later = min((each.days for each in series if each.step in step.following and each.days), default=None)
    return form


def _page(form: StepForm, template: Template) -> str:
    return render_template(
        "winback/step.html",
        form=form,
        step=template.step,
        placeholders=PLACEHOLDERS,
        offers=_offers(form.offer.data),
        subject_length=SUBJECT_LENGTH,
        text_length=TEXT_LENGTH,
        winback_words=words,
        preview=_previewed(template),
    )


def _offers(chosen: str) -> list[tuple[str, str]]:
    """Those that may be chosen, and the one that is, be it out of sale by now."""
    none: list[tuple[str, str]] = [("", _("Celle que le client avait"))]
    shown = [offer for offer in offers(merchant_id()) if offer.on_sale or str(offer.id) == chosen]
    return none + [(str(offer.id), words.offer(offer)) for offer in shown]


def _preview(template: Template) -> str:
    return render_template("winback/_preview.html", preview=_previewed(template))


def _previewed(template: Template) -> Preview:
    return previewed(signed_in().member.merchant, template, request.values.get("customer", ""))
