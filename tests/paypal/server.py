"""A stand-in for PayPal on loopback: records what it is asked and misbehaves as told, down to the TCP connection."""

import contextlib
import json
import socket
import socketserver
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 5.0


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def is_for_token(self) -> bool:
        return self.target == "/v1/oauth2/token"


@dataclass(frozen=True)
class Answer:
    """`cut` withholds that many bytes of the promised body; `close` ends the connection afterwards."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    close: bool = False

    def encoded(self) -> bytes:
        headers = {"Content-Type": "application/json"} | self.headers
        if self.status != 204 and "Transfer-Encoding" not in headers:
            headers["Content-Length"] = str(len(self.body))
        head = f"HTTP/1.1 {self.status} Answer\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n"
        return head.encode("latin-1") + self.body[: len(self.body) - self.cut]


@dataclass(frozen=True)
class Raw:
    """These bytes, straight into the TCP connection (under TLS too), which then ends."""

    content: bytes


class Reset:
    """The connection is torn down without an answer."""


@dataclass(frozen=True)
class Hang:
    """Nothing before `server.release()`, and then this answer, or the end of the connection."""

    then: Answer | None = None


class Drip:
    """An answer that never ends, a byte at a time."""


Reaction = Answer | Raw | Reset | Hang | Drip


def json_answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, json.dumps(body).encode(), headers or {})


class PayPalServer:
    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.outwaited = False  # somebody bore a Hang or a Drip longer than any timeout of these tests
        self.usual: Reaction | Callable[[Request], Reaction] = Answer(204)
        self.usual_token: Callable[[int], Reaction] = a_token
        self._next: deque[Reaction] = deque()
        self._next_tokens: deque[Reaction] = deque()
        self._sockets: list[socket.socket] = []
        self._changed = threading.Condition()
        self._released = threading.Event()
        self._server = _Tcp(("127.0.0.1", 0), _handler(self, tls))
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_address[1]}"

    def answers(self, *reactions: Reaction) -> None:
        """To the next requests other than for tokens, in this order; then `usual`."""
        self._next.extend(reactions)

    def answers_token(self, *reactions: Reaction) -> None:
        self._next_tokens.extend(reactions)

    @property
    def asked(self) -> list[Request]:
        """Every request but those for tokens."""
        return [request for request in self.requests if not request.is_for_token]

    @property
    def asked_for_token(self) -> list[Request]:
        return [request for request in self.requests if request.is_for_token]

    def wait_until(self, condition: Callable[[], bool], timeout: float = PATIENCE) -> bool:
        with self._changed:
            return self._changed.wait_for(condition, timeout)

    def release(self) -> None:
        self._released.set()

    def connected(self, connection: socket.socket) -> int:
        with self._changed:
            self.connections += 1
            self._sockets.append(connection)
            return self.connections

    def received(self, request: Request) -> Reaction:
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
            if request.is_for_token:
                return self._next_tokens.popleft() if self._next_tokens else self.usual_token(len(self.requests))
            if self._next:
                return self._next.popleft()
            return self.usual(request) if callable(self.usual) else self.usual

    def wait_for_release(self, timeout: float = PATIENCE) -> bool:
        return self._released.wait(timeout)

    def end_connections(self) -> None:
        """As PayPal does with idle ones."""
        with self._changed:
            for connection in self._sockets:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._sockets.clear()

    @contextlib.contextmanager
    def running(self) -> Iterator["PayPalServer"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self.release()
            self.end_connections()
            self._server.server_close()  # joins the handlers


def a_token(number: int) -> Answer:
    return json_answer(
        {
            "scope": "https://uri.paypal.com/services/subscriptions openid",
            "access_token": f"A21AA.token-{number}",
            "token_type": "Bearer",
            "expires_in": 32400,
        }
    )


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 64

    def shutdown_request(self, request: Any) -> None:
        """Without the polite goodbye, which would turn a Reset into an ordinary end."""
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what half of the tests are about."""


def _handler(server: PayPalServer, tls: ssl.SSLContext | None) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            number = server.connected(self.request)
            stream = tls.wrap_socket(self.request.dup(), server_side=True) if tls else self.request.dup()
            with stream, stream.makefile("rb") as reader:
                while request := _read(reader, number):
                    if not _react(server, server.received(request), stream, self.request):
                        return

    return Handler


def _read(reader: Any, connection: int) -> Request | None:
    first = reader.readline().decode("latin-1").split()
    if len(first) != 3:
        return None
    headers: dict[str, str] = {}
    while line := reader.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Request(first[0], first[1], headers, reader.read(int(headers.get("content-length", 0))), connection)


def _react(server: PayPalServer, reaction: Reaction, stream: socket.socket, bare: socket.socket) -> bool:
    """Whether the connection goes on."""
    match reaction:
        case Answer():
            stream.sendall(reaction.encoded())
            return not (reaction.close or reaction.cut)
        case Raw():
            bare.sendall(reaction.content)
        case Reset():
            bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        case Hang():
            server.outwaited = not server.wait_for_release() or server.outwaited
            if reaction.then:
                stream.sendall(reaction.then.encoded())
                return True
        case Drip():
            stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            for _ in range(250):
                stream.sendall(b" ")
                if server.wait_for_release(0.02):
                    return False
            server.outwaited = True
    return False
