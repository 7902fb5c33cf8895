"""The French of signing in."""

from datetime import datetime

from kooneo.clock import now
from kooneo.language import gettext as _
from kooneo.language import ngettext


def too_many_attempts(retry_at: datetime) -> str:
    minutes = max(1, round((retry_at - now()).total_seconds() / 60))
    wait = ngettext("dans %(num)s minute", "dans %(num)s minutes", minutes)
    return _("Trop d'essais. Vous pourrez recommencer %(wait)s.", wait=wait)
