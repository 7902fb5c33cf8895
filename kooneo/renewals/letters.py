"""The notice as it is read. The last day to refuse stands in a visible box (Code de la consommation L215-1)."""

from kooneo.accounts.models import Merchant
from kooneo.language import calendar_of, day
from kooneo.language import gettext as _
from kooneo.mail.letters import Letter, compose
from kooneo.mail.models import MailKind
from kooneo.renewals.models import RenewalNotice
from kooneo.renewals.words import goes_on
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.references import contract_reference
from kooneo.subscriptions.words import price


def notice_letter(notice: RenewalNotice, subscription: Subscription, merchant: Merchant) -> Letter:
    """`subscription` with its customer and offer."""
    with calendar_of(merchant.time_zone):
        until = day(notice.refuse_until)
        title = subscription.offer.title
        return compose(
            MailKind.RENEWAL_NOTICE,
            subject=_("« %(title)s » : vous pouvez refuser la reconduction jusqu'au %(day)s", title=title, day=until),
            name=subscription.customer.name,
            merchant=merchant,
            title=title,
            price=price(subscription.terms),
            since=day(subscription.contracted_on),
            until=until,
            goes_on=goes_on(subscription, notice.renews_on),
            reference=contract_reference(subscription),
        )
