"""The French of legal requests."""

from kooneo.language import amount
from kooneo.language import gettext as _
from kooneo.money import Money


def owed(paid: Money, *, at_most: bool) -> str:
    return _("%(amount)s au plus", amount=amount(paid)) if at_most else amount(paid)
