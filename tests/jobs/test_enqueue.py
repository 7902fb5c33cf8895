"""A row and its job are committed together, or neither is."""

import pytest
from sqlalchemy import text
from support.acting import NORA, ask, changes_of, jobs_of
from support.builders import a_merchant, a_subscription
from support.running import in_app

from kooneo import jobs
from kooneo.extensions import db, transaction
from kooneo.journal.models import JournalEntry
from kooneo.journal.services import record
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services.request import SETTLE, KeysMissing

pytestmark = pytest.mark.usefixtures("app")


class Cut(Exception):
    """The process dies before the commit."""


@in_app
def _a_line_and_a_job(subscription: Subscription, job_id: str, *, cut: bool) -> None:
    with transaction():
        record(subscription.merchant_id, "subscription.cancel_requested", by=NORA, subject_id=subscription.id)
        jobs.enqueue(SETTLE, job_id, job_id=job_id, partition=str(subscription.merchant_id))
        if cut:
            raise Cut


@in_app
def _lines(subscription: Subscription) -> int:
    return db.session.query(JournalEntry).filter_by(subject_id=subscription.id).count()


def test_both_or_neither() -> None:
    subscription = a_subscription()
    for cut, expected in ((True, 0), (False, 1)):
        try:
            _a_line_and_a_job(subscription, str(subscription.id), cut=cut)
        except Cut:
            assert cut
        assert _lines(subscription) == expected
        assert len(jobs_of(subscription)) == expected


def test_a_wish_has_its_job() -> None:
    change = ask(a_subscription(), "cancel")
    assert jobs_of(change) == [str(change.id)]


def test_a_wish_that_is_not_taken_has_no_job() -> None:
    subscription = a_subscription(merchant=a_merchant(keys=False))
    before = _all_jobs()
    with pytest.raises(KeysMissing):
        ask(subscription, "cancel")
    assert (changes_of(subscription), _all_jobs()) == ([], before)


def test_the_same_id_twice_is_one_job() -> None:
    subscription = a_subscription()
    for _ in range(2):
        _a_line_and_a_job(subscription, str(subscription.id), cut=False)
    assert len(jobs_of(subscription)) == 1


def test_what_is_settled_at_once_needs_no_job() -> None:
    change = ask(a_subscription(status="cancelled"), "abandon")
    assert jobs_of(change) == []


def test_every_name_that_is_enqueued_is_registered() -> None:
    assert SETTLE in jobs.functions


@in_app
def _all_jobs() -> int:
    schema = "dbos." if db.engine.dialect.name == "postgresql" else ""
    return int(db.session.execute(text(f"SELECT count(*) FROM {schema}workflow_status")).scalar_one())
