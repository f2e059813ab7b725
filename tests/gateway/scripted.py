"""A server that does one scripted thing to every connection, so that each way of failing can be had on demand."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Script = Callable[[socket.socket, bytes], None]


class Server:
    """`requests` are the requests that arrived whole; `connections` counts everyone who came."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.port = 0
        self.stopped = threading.Event()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/api"


@contextmanager
def serving(script: Script | None, tls: ssl.SSLContext | None = None, greeting: bytes = b"") -> Iterator[Server]:
    """Run `script` on every connection once its request has been read; None hangs up without reading.

    A `greeting` is sent at once, as no HTTP server would.
    """
    server = Server()
    listener = socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]
    threads = []

    def serve(connection: socket.socket) -> None:
        # The client may be gone at any moment: that is what many of these tests are about.
        with contextlib.suppress(OSError):
            if tls:
                connection = tls.wrap_socket(connection, server_side=True)
            connection.sendall(greeting)
            if script:
                request = read_request(connection)
                server.requests.append(request)
                script(connection, request)
        connection.close()

    def accept() -> None:
        while not server.stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            server.connections += 1
            connection.settimeout(10)
            threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
            threads[-1].start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield server
    finally:
        server.stopped.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join(5)
        for thread in threads:
            thread.join(5)


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        if not (chunk := connection.recv(65536)):
            return data
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    size = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
    )
    while len(body) < size:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def reply(body: bytes, status: str = "200 OK", kind: str = "application/json", length: int | None = None) -> Script:
    """Answer properly, or announce another `length` than is sent."""

    def script(connection: socket.socket, request: bytes) -> None:
        size = len(body) if length is None else length
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n\r\n"
        connection.sendall(head.encode() + body)

    return script


def raw(data: bytes) -> Script:
    """Send exactly these bytes and close."""
    return lambda connection, request: connection.sendall(data)


def trickle(start: bytes, drop: bytes, stopped: Callable[[], bool], every: float = 0.05) -> Script:
    """Send `start`, then `drop` again and again until the client leaves."""

    def script(connection: socket.socket, request: bytes) -> None:
        connection.sendall(start)
        pause = threading.Event()
        while not stopped():
            connection.sendall(drop)
            pause.wait(every)

    return script


def reset(connection: socket.socket, request: bytes) -> None:
    """Drop the connection the hard way."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silence(connection: socket.socket, request: bytes) -> None:
    """Say nothing until the client leaves."""
    connection.recv(1)
