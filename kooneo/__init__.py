"""Kooneo: customers' PayPal subscriptions, and who may open what."""

import structlog
from flask import Flask, url_for

from kooneo import cli, error_pages, htmx, language, operations, security
from kooneo.access.views import blueprint as access_pages
from kooneo.accounts import access_control
from kooneo.accounts.views import blueprint as accounts_pages
from kooneo.attention import views as attention
from kooneo.billing.refunding import blueprint as refunding_pages
from kooneo.billing.services import catch_up
from kooneo.billing.services import settle as refunds
from kooneo.billing.views import blueprint as billing_pages
from kooneo.catalog.views import blueprint as catalog_pages
from kooneo.config import Mode, Settings
from kooneo.customers.views import blueprint as customers_pages
from kooneo.dunning import guard as dunning_guard
from kooneo.dunning import marks as dunning_marks
from kooneo.dunning.services import tell
from kooneo.dunning.views import blueprint as dunning_pages
from kooneo.extensions import csrf, db, migrate, prepare_engine
from kooneo.files import receiving
from kooneo.files import services as files
from kooneo.help.views import blueprint as help_pages
from kooneo.journal.views import blueprint as journal_pages
from kooneo.legal.declarations import blueprint as declarations
from kooneo.legal.services import carry_out, identify
from kooneo.legal.views import blueprint as legal_pages
from kooneo.mail.services import forget, send
from kooneo.mail.views import blueprint as mailbox_pages
from kooneo.orders.keeping import blueprint as keeping_pages
from kooneo.orders.resumption import blueprint as resumption_pages
from kooneo.orders.services import create, look
from kooneo.orders.views import blueprint as orders_pages
from kooneo.portal import guard as portal_guard
from kooneo.portal.office import blueprint as portal_options_pages
from kooneo.portal.services import codes
from kooneo.portal.views import blueprint as portal_pages
from kooneo.renewals import guard as renewals_guard
from kooneo.renewals import remarks as renewal_remarks
from kooneo.renewals.services import notify, plan
from kooneo.settings.views import blueprint as settings_pages
from kooneo.subscriptions import words
from kooneo.subscriptions.manual import blueprint as manual_pages
from kooneo.subscriptions.services import resume, settle, verify
from kooneo.subscriptions.services.reconciliation import begin, step
from kooneo.subscriptions.unconfirmed import blueprint as unconfirmed_pages
from kooneo.subscriptions.views import blueprint as subscriptions_pages
from kooneo.takeover.services import steps as takeover_steps
from kooneo.takeover.views import blueprint as takeover_pages
from kooneo.webhooks import office as webhook_office
from kooneo.webhooks.services import process, register
from kooneo.webhooks.views import blueprint as webhook_pages
from kooneo.welcome.views import blueprint as welcome_pages
from kooneo.winback import dialogs as winback_dialogs
from kooneo.winback import guard as winback_guard
from kooneo.winback import remarks as winback_remarks
from kooneo.winback.services import answer, propose
from kooneo.winback.views.by_hand import blueprint as proposals_pages
from kooneo.winback.views.links import blueprint as winback_links
from kooneo.winback.views.office import blueprint as winback_pages

BLUEPRINTS = (
    access_pages,
    accounts_pages,
    attention.blueprint,
    billing_pages,
    catalog_pages,
    customers_pages,
    declarations,
    dunning_pages,
    help_pages,
    journal_pages,
    keeping_pages,
    legal_pages,
    manual_pages,
    operations.blueprint,
    orders_pages,
    portal_options_pages,
    portal_pages,
    proposals_pages,
    refunding_pages,
    resumption_pages,
    settings_pages,
    subscriptions_pages,
    takeover_pages,
    unconfirmed_pages,
    webhook_office.blueprint,
    webhook_pages,
    welcome_pages,
    winback_links,
    winback_pages,
)

# /dev/*: without sign-in, so it is not there anywhere else.
BLUEPRINTS_OF_THE_DEMO = (mailbox_pages,)

STYLESHEETS = (
    *(
        "tokens",
        "base",
        "shell",
        "page-head",
        "tabs",
        "button",
        "badge",
        "message",
        "out-of-order",
        "field",
        "filters",
        "table",
        "pager",
    ),
    *(
        "subscription",
        "facts",
        "ticks",
        "access-list",
        "history",
        "dialog",
        "compare",
        "lines",
        "rules",
        "catalog",
        "body",
        "picture",
        "empty",
        "login",
        "record",
        "journal",
        "checks",
        "guide",
        "first-steps",
        "letter",
        "notifications",
        "preview",
        "attention",
        "portal",
        "order",
        "takeover",
        "winback",
    ),
)

# Imported for what it registers: its jobs must be known to the worker, its conditions to the outbox.
JOBS = (
    *(
        answer,
        begin,
        carry_out,
        catch_up,
        codes,
        create,
        files,
        forget,
        identify,
        look,
        notify,
        plan,
        process,
        propose,
        refunds,
        register,
        resume,
        send,
        settle,
        step,
        takeover_steps,
        tell,
    ),
    dunning_guard,
    verify,
    renewal_remarks,
    renewals_guard,
    winback_guard,
    winback_remarks,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Raises config.ConfigurationError when the environment is not usable."""
    settings = settings or Settings.from_environment()
    settings.instance.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__, instance_path=str(settings.instance))
    app.config.update(SETTINGS=settings, SQLALCHEMY_DATABASE_URI=settings.database_url)
    # What stands in a row is nobody's business in a log.
    options = {"pool_size": 20, "max_overflow": 10, "pool_pre_ping": True, "hide_parameters": True}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    # The guard stands before CSRF: without a session the answer is the sign-in page, whatever the form carried.
    for extension in (
        security,
        db,
        language,
        htmx,
        access_control,
        portal_guard,
        receiving,
        csrf,
        error_pages,
        cli,
        attention,
        operations,
        webhook_office,
        dunning_marks,
        winback_dialogs,
    ):
        extension.init_app(app)
    migrate.init_app(app, db, directory=f"{app.root_path}/migrations", render_as_batch=True)
    with app.app_context():
        prepare_engine(db.engine)
    playing = settings.mode in (Mode.DEMO, Mode.TESTING)
    for blueprint in (*BLUEPRINTS, *(BLUEPRINTS_OF_THE_DEMO if playing else ())):
        app.register_blueprint(blueprint)
    app.jinja_env.globals.update(
        words=words, stylesheets=STYLESHEETS, icon_sprite=lambda: url_for("static", filename="icons.svg")
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ]
    )
    return app
