"""Reading PayPal's list of the account's subscriptions: only their ids, each is then read by itself."""

from collections.abc import Sequence

from sqlalchemy import func, select

from kooneo.extensions import db
from kooneo.paypal import BadAnswer, Gateway, NotFound, PayPalError, PermissionMissing, Refused, RemotePage
from kooneo.takeover.ids import judge
from kooneo.takeover.models import Takeover, TakeoverItem
from kooneo.takeover.services.errands import Hitch, hitch
from kooneo.takeover.services.start import add_items
from kooneo.takeover.states import Problem

_PAGES = 5
_CLOSED = (403, 404, 405)


class Listing:
    ids: Sequence[str] = ()

    def __init__(self, first_page: int) -> None:
        self._first_page = first_page
        self._pages: list[RemotePage] = []

    def ask(self, gateway: Gateway) -> Hitch | None:
        for number in range(self._first_page, self._first_page + _PAGES):
            try:
                page = gateway.list_subscriptions(number)
            except PayPalError as error:
                return Hitch(Problem.LIST_UNAVAILABLE, final=True) if _says_no(error) else hitch(error)
            self._pages.append(page)
            if not page.more:
                break
        return None

    def write(self, takeover: Takeover) -> bool:
        """What is sold while the list is read moves the pages: an id may come twice, and is written once."""
        if not self._pages:
            return False
        ids = dict.fromkeys(paypal_id for page in self._pages for paypal_id in page.paypal_ids)
        known = select(TakeoverItem.paypal_id).filter_by(takeover_id=takeover.id)
        old = set(db.session.scalars(known.where(TakeoverItem.paypal_id.in_(ids))))
        last = select(func.max(TakeoverItem.position)).filter_by(takeover_id=takeover.id)
        first = (db.session.scalars(last).one() or 0) + 1
        add_items(takeover.id, [judge(paypal_id) for paypal_id in ids if paypal_id not in old], first=first)
        takeover.listed = self._pages[-1].total or takeover.listed
        takeover.next_page = self._first_page + len(self._pages) if self._pages[-1].more else None
        return True


def _says_no(error: PayPalError) -> bool:
    """The list is not in PayPal's own description of its API: not every account has it."""
    if isinstance(error, NotFound | PermissionMissing | Refused):
        return True
    return isinstance(error, BadAnswer) and error.http_status in _CLOSED
