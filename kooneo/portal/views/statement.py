"""The accessibility statement (RGAA): public, like the door."""

from datetime import date

from flask import render_template

from kooneo.accounts.queries import owner_address
from kooneo.portal.guard import this_merchant
from kooneo.portal.views.pages import blueprint

_WRITTEN_ON = date(2026, 11, 22)
"""Change it together with what the page says was tested."""


@blueprint.get("/accessibility")
def accessibility(merchant_slug: str) -> str:
    contact = owner_address(this_merchant().id)
    return render_template("portal/accessibility.html", contact=contact, written_on=_WRITTEN_ON)
