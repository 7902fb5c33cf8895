"""The French of tacit renewals: for the team on the record's card, for the customer in the portal."""

from datetime import date

from kooneo.language import amount, day
from kooneo.language import gettext as _
from kooneo.renewals.models import RenewalNotice
from kooneo.renewals.queries import Renewals
from kooneo.subscriptions.lifecycle import Gateway
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.remarks import Remark
from kooneo.subscriptions.words import rhythm


def goes_on(subscription: Subscription, renews_on: date) -> str:
    """What happens when the customer does nothing."""
    told = {"day": day(renews_on), "amount": amount(subscription.price), "rhythm": rhythm(subscription.terms)}
    if subscription.gateway == Gateway.MANUAL:
        told_price = _(
            "Si vous ne faites rien, il se poursuit à partir du %(day)s, pour %(amount)s %(rhythm)s.", **told
        )
    else:
        told_price = _(
            "Si vous ne faites rien, il se poursuit à partir du %(day)s : PayPal prélève %(amount)s %(rhythm)s.", **told
        )
    if subscription.commitment_cycles:
        return f"{told_price} {_('Vous ne prenez pas de nouvel engagement.')}"
    return told_price


def remark(renewals: Renewals) -> Remark:
    """On the card, for the team."""
    label = _("Avis de reconduction")
    if renewals.freed_by:
        return Remark(label, _freed(renewals.freed_by, renewals), "late")
    notice = renewals.notice
    if notice is None:
        return Remark(label, "")
    return Remark(label, _of(notice), "late" if notice.missed_at else "")


def for_customer(renewals: Renewals) -> str:
    """On the contract; empty while there is nothing to know."""
    freed, notice = renewals.freed_by, renewals.notice
    if freed and renewals.refund_due_on:
        return _(
            "Reconduit le %(day)s sans que l'avis vous soit parvenu à temps, puis terminé : ce que vous aviez déjà payé "
            "pour la suite vous est remboursé au plus tard le %(due)s.",
            day=day(freed.renews_on),
            due=day(renewals.refund_due_on),
        )
    if freed:
        return may_end_freely(freed)
    if notice and notice.missed_at:
        return _(
            "L'avis de reconduction de ce contrat ne vous est pas parvenu à temps : à partir du %(day)s, vous pourrez y "
            "mettre fin à tout moment, sans frais.",
            day=day(notice.renews_on),
        )
    if notice and notice.sent_at:
        return _(
            "Reconduit le %(day)s, sauf refus de votre part jusqu'au %(until)s. L'avis vous a été envoyé le %(sent)s.",
            day=day(notice.renews_on),
            until=day(notice.refuse_until),
            sent=day(notice.sent_at),
        )
    return ""


def may_end_freely(freed: RenewalNotice) -> str:
    return _(
        "L'avis de reconduction de ce contrat ne vous est pas parvenu à temps : depuis le %(day)s, vous pouvez y mettre fin à tout "
        "moment, sans frais. Ce que vous avez déjà payé pour la suite vous est alors remboursé sous trente jours.",
        day=day(freed.renews_on),
    )


def _freed(freed: RenewalNotice, renewals: Renewals) -> str:
    missed = _("Aucun n'est parti avant le %(day)s, dernier jour du délai.", day=day(freed.closes_on))
    if renewals.refund_due_on:
        rest = _(
            "Le contrat a pris fin après sa reconduction du %(day)s : ce que le client avait déjà payé pour la suite est à "
            "lui rembourser au plus tard le %(due)s.",
            day=day(freed.renews_on),
            due=day(renewals.refund_due_on),
        )
    else:
        rest = _(
            "Depuis la reconduction du %(day)s, le client peut mettre fin au contrat à tout moment, sans frais ; ce "
            "qu'il a déjà payé pour la suite est alors à lui rembourser sous trente jours.",
            day=day(freed.renews_on),
        )
    return f"{missed} {rest}"


def _of(notice: RenewalNotice) -> str:
    told = {"day": day(notice.renews_on), "until": day(notice.refuse_until), "closes": day(notice.closes_on)}
    if notice.missed_at:
        return _(
            "Aucun n'est parti avant le %(closes)s, dernier jour du délai. À partir de la reconduction du %(day)s, le "
            "client pourra mettre fin au contrat à tout moment, sans frais.",
            **told,
        )
    if notice.sent_at:
        return _(
            "Envoyé le %(sent)s. Le client peut refuser la reconduction du %(day)s jusqu'au %(until)s.",
            sent=day(notice.sent_at),
            **told,
        )
    return _("Part entre le %(opens)s et le %(closes)s. Reconduction le %(day)s.", opens=day(notice.opens_on), **told)
