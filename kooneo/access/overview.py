"""Everything that a customer can and cannot open, product by product, with every row that speaks of it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kooneo.access import sentences
from kooneo.access.decisions import ContentFacts, Decision, GrantFacts, ProductFacts, SubscriptionFacts, decide
from kooneo.access.models import AccessGrant
from kooneo.access.queries import facts_of, product_facts, subscription_facts
from kooneo.catalog.models import Product
from kooneo.language import day
from kooneo.language import gettext as _
from kooneo.subscriptions import words
from kooneo.subscriptions.models import Subscription


@dataclass(frozen=True)
class Voice:
    """One row, and what it alone would say."""

    id: uuid.UUID
    name: str
    says: str
    decides: bool


@dataclass(frozen=True)
class Line:
    content: ContentFacts
    open: bool
    why: str
    question: str
    voices: Sequence[Voice]
    """The row that decides first; empty when no row speaks of the content."""


@dataclass(frozen=True)
class ProductAccess:
    id: uuid.UUID
    title: str
    lines: Sequence[Line]
    summary: str

    @property
    def spoken_of(self) -> bool:
        return any(line.voices for line in self.lines)


@dataclass(frozen=True)
class _Rows:
    subscriptions: Sequence[SubscriptionFacts]
    grants: Sequence[GrantFacts]
    names: Mapping[uuid.UUID, str]


def overview(
    products: Sequence[Product], subscriptions: Sequence[Subscription], grants: Sequence[AccessGrant], at: datetime
) -> list[ProductAccess]:
    """The products that some row speaks of come first; of the archived ones only those are told."""
    names = {row.id: _subscription_name(row) for row in subscriptions} | {row.id: _grant_name(row) for row in grants}
    rows = _Rows([subscription_facts(row) for row in subscriptions], [facts_of(grant) for grant in grants], names)
    drawn = [(product, _product(product_facts(product), rows, at)) for product in products if product.contents]
    shown = [access for product, access in drawn if access.spoken_of or product.archived_at is None]
    return sorted(shown, key=lambda access: not access.spoken_of)


def _product(product: ProductFacts, rows: _Rows, at: datetime) -> ProductAccess:
    decisions = [decide(content, rows.subscriptions, rows.grants, at) for content in product.contents]
    lines = [_line(*pair, rows, at) for pair in zip(product.contents, decisions, strict=True)]
    return ProductAccess(product.id, product.title, lines, sentences.count_open([line.open for line in lines]))


def _line(content: ContentFacts, decision: Decision | None, rows: _Rows, at: datetime) -> Line:
    if decision is None:
        return Line(content, False, sentences.because(None), "", ())
    alone = [decide(content, [row], [], at) for row in rows.subscriptions]
    alone += [decide(content, [], [grant], at) for grant in rows.grants]
    voices = [_voice(one, decision, rows) for one in alone if one]
    voices.sort(key=lambda voice: not voice.decides)
    return Line(content, decision.open, sentences.because(decision), sentences.question(decision), voices)


def _voice(one: Decision, decision: Decision, rows: _Rows) -> Voice:
    row = one.source
    return Voice(row.id, rows.names[row.id], sentences.said(one), row.id == decision.source.id)


def _subscription_name(subscription: Subscription) -> str:
    return _(
        "Abonnement « %(title)s » du %(day)s, %(status)s",
        title=subscription.offer.title,
        day=day(subscription.started_at),
        status=words.label(subscription.status).lower(),
    )


def _grant_name(grant: AccessGrant) -> str:
    name = _("Accès donné à la main par %(name)s le %(day)s", name=grant.granted_by, day=day(grant.granted_at))
    return name + (_(" : « %(reason)s »", reason=grant.reason) if grant.reason else "")
