"""Many who write into one journal at once: one chain comes of it."""

import threading

import pytest
from support.acting import NORA, journal_findings
from support.builders import a_merchant
from support.running import in_app

from kooneo.accounts.models import Merchant
from kooneo.extensions import db, transaction
from kooneo.journal.models import JournalEntry
from kooneo.journal.services import record


@in_app
def _line(merchant: Merchant) -> None:
    with transaction():
        record(merchant.id, "customer.noted", by=NORA)


@in_app
def _numbers(merchant: Merchant) -> list[int]:
    query = db.session.query(JournalEntry).filter_by(merchant_id=merchant.id).order_by(JournalEntry.number)
    return [line.number for line in query]


@pytest.mark.usefixtures("app")
def test_one_chain() -> None:
    merchant = a_merchant()
    together = threading.Barrier(8)

    def write() -> None:
        together.wait()
        for _ in range(5):
            _line(merchant)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _numbers(merchant) == list(range(1, 41))
    assert journal_findings(merchant.id) == []
