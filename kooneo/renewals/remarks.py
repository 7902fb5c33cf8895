"""What a card says of its tacit renewal."""

import uuid
from collections.abc import Mapping, Sequence

from kooneo.renewals.queries import renewals_of
from kooneo.renewals.words import remark
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.remarks import Remark, remarks_from


@remarks_from("renewals")
def on_cards(subscriptions: Sequence[Subscription]) -> Mapping[uuid.UUID, Remark]:
    found = {subscription_id: remark(each) for subscription_id, each in renewals_of(subscriptions).items()}
    return {subscription_id: each for subscription_id, each in found.items() if each.text}
