"""Where PayPal sends its notifications. No session, no cookie, no form: what is not signed by PayPal is refused.

PayPal takes any 2xx as received, and sends again what got another answer, up to 25 times over three days.
"""

import structlog
from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from kooneo.extensions import csrf
from kooneo.paypal import Forged, Transmission
from kooneo.thread_budget import place_to_wait
from kooneo.webhooks import queries
from kooneo.webhooks.authenticity import Undecided
from kooneo.webhooks.models import WebhookEndpoint
from kooneo.webhooks.services.receive import receive

blueprint = Blueprint("webhooks", __name__)

_LARGEST = 256 * 1024
_LATER = {"Retry-After": "60"}

log = structlog.get_logger()


@blueprint.post("/webhooks/paypal/<merchant_token>")
@csrf.exempt  # type: ignore[untyped-decorator]
def create_event(merchant_token: str) -> Response:
    endpoint = queries.endpoint_of_token(merchant_token)
    if endpoint is None:
        abort(404)
    # The sender decides how long its body takes, and where the certificate is fetched: that may not take every thread.
    with place_to_wait() as may_wait:
        if not may_wait:
            return Response(status=503, headers=_LATER)
        return _received(endpoint)


def _received(endpoint: WebhookEndpoint) -> Response:
    merchant_id = str(endpoint.merchant_id)
    request.max_content_length = _LARGEST
    try:
        receive(endpoint, Transmission.read(request.headers, request.get_data()))
    except Forged as refusal:
        log.warning("webhook.refused", merchant_id=merchant_id, why=str(refusal), address=request.remote_addr)
        return Response(status=400)
    except Undecided as problem:
        log.warning("webhook.undecided", merchant_id=merchant_id, why=str(problem))
        return Response(status=503, headers=_LATER)
    return Response(status=200)
