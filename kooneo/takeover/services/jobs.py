"""What comes after a step: the next job, unless somebody carries the takeover on by hand (`flask paypal import`)."""

from collections.abc import Callable

from kooneo import jobs
from kooneo.takeover.models import Takeover

WORK = "takeover.work"

Then = Callable[[Takeover, float], None]
"""Called in the transaction that wrote the step, with how many seconds to wait."""


def by_job(takeover: Takeover, delay: float) -> None:
    """One job at a time, so that one of the merchant's slots stays free for what the team asks of PayPal meanwhile."""
    jobs.enqueue(
        WORK,
        f"{takeover.id} {takeover.step}",
        job_id=f"takeover:{takeover.id}:{takeover.step}",
        partition=str(takeover.merchant_id),
        delay=delay,
    )


def by_hand(_takeover: Takeover, _delay: float) -> None:
    """Whoever called goes on."""
