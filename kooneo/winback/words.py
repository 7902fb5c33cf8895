"""The French of proposals."""

from kooneo.language import gettext as _


def taken_up() -> str:
    return _("Vous y êtes déjà abonné de nouveau : il n'y a rien à reprendre.")


def not_for_sale() -> str:
    return _("Cet abonnement n'est plus en vente.")
