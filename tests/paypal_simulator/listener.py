"""Somebody whom PayPal notifies: keeps what comes, and answers as told."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response


@dataclass
class Listener:
    url: str = ""
    answers: deque[int] = field(default_factory=deque)
    """To the next notifications; then 200."""
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def types(self) -> list[str]:
        return [self.event(number)["event_type"] for number in range(len(self.received))]

    def event(self, number: int) -> dict[str, Any]:
        return dict(Request.from_values(data=self.received[number][1], content_type="application/json").get_json())

    @Request.application
    def app(self, request: Request) -> Response:
        self.received.append((dict(request.headers), request.get_data()))
        return Response(status=self.answers.popleft() if self.answers else 200)


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()
    server = make_server("127.0.0.1", 0, listener.app, threaded=True)
    listener.url = f"http://127.0.0.1:{server.port}/notifications"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
