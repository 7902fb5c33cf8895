"""For gunicorn: `kooneo.paypal_simulator.wsgi:application`. Its file lies in the folder KOONEO_INSTANCE."""

import os
import signal
import threading
from pathlib import Path
from types import FrameType

from flask import Flask

from kooneo.paypal_simulator import create_simulator


def _from_environment() -> Flask:
    if os.environ.get("KOONEO_ENV") == "production":
        raise RuntimeError("KOONEO_ENV is production: the PayPal simulator does not start there")
    instance = os.environ.get("KOONEO_INSTANCE")
    if not instance:
        raise RuntimeError("KOONEO_INSTANCE is not set: the folder where the simulator keeps its database")
    return create_simulator(Path(instance) / "simulator.sqlite3")


def _stop_sleeping_on(number: signal.Signals, app: Flask) -> None:
    """gunicorn waits for running requests before it ends: one that sleeps on purpose must not hold it up."""
    server_handler = signal.getsignal(number)

    def handle(received: int, frame: FrameType | None) -> None:
        app.extensions["paypal_simulator"].stop()
        if callable(server_handler):
            server_handler(received, frame)

    signal.signal(number, handle)


application = _from_environment()
if threading.current_thread() is threading.main_thread():  # only there may signals be handled
    for stop_signal in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        _stop_sleeping_on(stop_signal, application)
