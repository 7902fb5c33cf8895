"""The simulator on a loopback port, for the time of a `with`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from werkzeug.serving import make_server

from kooneo.paypal_simulator import create_simulator


@contextmanager
def running_simulator(database_path: Path) -> Iterator[str]:
    """Gives the address, without a trailing slash. Started again on the same path, it is the same PayPal."""
    app = create_simulator(database_path)
    simulator = app.extensions["paypal_simulator"]
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        simulator.stop()
        server.shutdown()
        thread.join()
        server.server_close()
        simulator.courier.join()
        simulator.store.close()
