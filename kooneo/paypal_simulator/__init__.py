"""A PayPal on this machine, true to PayPal's OpenAPI files: its own WSGI app, its own database, nothing of Kooneo's."""

from pathlib import Path

from flask import Flask, render_template

from kooneo.paypal_simulator import api, approval, control, webhook_api, webhook_control
from kooneo.paypal_simulator.simulator import Simulator
from kooneo.paypal_simulator.store import Store


def create_simulator(database_path: Path | str) -> Flask:
    """The file is created where it is missing; a second start finds everything as it was."""
    app = Flask(__name__)
    simulator = Simulator(Store(Path(database_path)))
    app.extensions["paypal_simulator"] = simulator
    for part in (api, webhook_api, approval, control, webhook_control):
        app.register_blueprint(part.routes)
    app.before_request(simulator.courier.start)
    app.add_url_rule("/", view_func=show_home, endpoint="home")
    return app


def show_home() -> str:
    return render_template("paypal_simulator.html")
