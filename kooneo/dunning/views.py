"""Réglages > Prélèvements refusés: whether customers are told, and what they read."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField

from kooneo import htmx
from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import merchant_id
from kooneo.dunning import words
from kooneo.dunning.previews import previewed
from kooneo.dunning.queries import tells
from kooneo.dunning.services.choose import choose

blueprint = Blueprint("dunning", __name__, url_prefix="/settings/failed-payments")


class SettingsForm(FlaskForm):  # type: ignore[misc]
    enabled = BooleanField()


@blueprint.get("")
@requires(Permission.CONFIGURE)
def show() -> str:
    preview = previewed(signed_in().member.merchant, request.args.get("customer", ""))
    if htmx.is_htmx():
        return render_template("dunning/_preview.html", preview=preview, notice_words=words)
    form = SettingsForm(formdata=None, enabled=tells(merchant_id()))
    return render_template("dunning/settings.html", form=form, preview=preview, notice_words=words)


@blueprint.post("")
@requires(Permission.CONFIGURE)
def save() -> Response:
    """Nothing in it can be wrong: the box is ticked, or it is not."""
    form = SettingsForm()
    choose(merchant_id(), enabled=form.enabled.data, by=signed_in().actor)
    flash(words.switched(on=form.enabled.data), "settings")
    return redirect(url_for("dunning.show"), 303)
