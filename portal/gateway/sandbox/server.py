"""The sandbox's HTTP server: gunicorn with threads on loopback."""

from __future__ import annotations

import socket
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

LOOPBACK = ("127.0.0.1", "::1", "localhost")
THREADS = 32  # late and slow answers keep a thread each


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Serves until SIGTERM or SIGINT."""

    def __init__(self, application: WSGIHandler, host: str, port: int, threads: int = THREADS) -> None:
        self.application = application
        bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.options: dict[str, Any] = {
            "bind": bind,
            "workers": 1,
            "worker_class": "gthread",
            "threads": threads,
            "timeout": 0,  # a fault may hold an answer for minutes
            "graceful_timeout": 1,
            "keepalive": 5,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "proc_name": "sandbox",
            "control_socket_disable": True,
            "header_map": "dangerous",  # names with underscores are part of the national interface (hmac-sha1)
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        return self.application


def refused_port(host: str, port: int) -> str:
    """Why the port cannot be listened on; empty when it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return f"端口 {port} 不能使用（{error.strerror}），请用 --port 另选一个"
    return ""
