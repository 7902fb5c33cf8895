"""The mark on a card that nothing is proposed for it any more, and why."""

import uuid
from collections.abc import Mapping, Sequence

from kooneo.language import gettext as _
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.remarks import Remark, remarks_from
from kooneo.winback import words
from kooneo.winback.guard import why_not


@remarks_from("winback")
def on_cards(subscriptions: Sequence[Subscription]) -> Mapping[uuid.UUID, Remark]:
    """Of what is Annulé: every other status says by itself that nothing is proposed."""
    refusals = {each.id: why_not(each) for each in subscriptions if each.status == SubscriptionStatus.CANCELLED}
    return {
        subscription_id: Remark(_("Propositions arrêtées"), words.because(refusal), "mute", stops_proposals=True)
        for subscription_id, refusal in refusals.items()
        if refusal
    }
