"""Faults carried out on the socket below the response: what a network or a broken server does to an answer."""

from __future__ import annotations

import os
import select
import socket
import struct
import time
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

HTML = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>网关错误</h1></body></html>"


def sever(request: HttpRequest, *, reset: bool = False) -> HttpResponse:
    """Cut the connection without an answer: cleanly (FIN), or with a TCP reset.

    The response returned goes nowhere; the server notices a broken pipe, as it would with a client that left.
    """
    connection = _socket(request)
    if connection is not None:
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            _replace(connection)
        else:
            connection.shutdown(socket.SHUT_RDWR)
    return gone()


def gone() -> HttpResponse:
    """What is returned where nobody listens any more."""
    return HttpResponse(status=HTTPStatus.BAD_GATEWAY)


def cut_off(request: HttpRequest, seconds: float) -> None:
    """Cut the connection, and go on so much later: what was asked for happens when nobody expects it any more."""
    sever(request)
    time.sleep(seconds)


def truncate(request: HttpRequest, body: bytes) -> HttpResponse:
    """Announce the whole answer and send the first half of it."""
    connection = _socket(request)
    if connection is not None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body[: len(body) // 2])
    return sever(request)


def hold(request: HttpRequest, seconds: float) -> None:
    """Wait, at most until the caller has hung up."""
    connection, end = _socket(request), time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if connection is None:
            time.sleep(left)
            continue
        readable, _, _ = select.select([connection], [], [], min(left, 1.0))
        if readable and not connection.recv(1, socket.MSG_PEEK):
            return
        if readable:
            time.sleep(min(left, 0.05))


def _socket(request: HttpRequest) -> socket.socket | None:
    found = request.META.get("gunicorn.socket")
    return found if isinstance(found, socket.socket) else None


def _replace(connection: socket.socket) -> None:
    """Let go of the peer's connection at once (the kernel sends RST); the server keeps a descriptor to write to."""
    ours, theirs = socket.socketpair()
    theirs.close()
    os.dup2(ours.fileno(), connection.fileno())
    ours.close()
