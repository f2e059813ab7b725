"""Telling a system of the institution's own something: any answer of the 200s means that it was heard."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from portal.gateway.errors import Doubt, GatewayError, Unknown
from portal.gateway.transport import post

#: Bytes of an answer that are looked at, and kept.
LIMIT, KEPT = 64 * 1024, 500


@dataclass(frozen=True, slots=True)
class Told:
    """How it went: `status` is None when no answer came, `answer` the beginning of what was said."""

    status: int | None
    sentence: str
    answer: str = ""
    seconds: float = 0.0

    @property
    def is_heard(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def tell(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Collection[str],
    connect_timeout: float,
    read_timeout: float,
) -> Told:
    """Send it once: to hosts of the allow-list only, no redirects, no proxies (as `transport.post`); never raises."""
    try:
        answer = post(
            url,
            body,
            headers,
            allowed=allowed,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            limit=LIMIT,
        )
    except Unknown as doubt:
        return _of(doubt)
    except GatewayError as error:
        return Told(None, error.sentence)
    return Told(answer.status, "已送达", _beginning(answer.body), answer.seconds)


def _of(doubt: Unknown) -> Told:
    """What is a doubt at a gateway may be a plain answer here: 204, a web page that says OK, 503."""
    said = _beginning(doubt.evidence)
    if doubt.reason is Doubt.HTML:
        return Told(200, "已送达", said)
    status = int(doubt.detail.removeprefix("HTTP ")) if doubt.detail.startswith("HTTP ") else None
    if status is not None and 200 <= status < 300:
        return Told(status, "已送达", said)
    return Told(status, doubt.sentence if status is None else f"对方回应 HTTP {status}", said)


def _beginning(body: bytes) -> str:
    return body[: KEPT * 4].decode("utf-8", "replace").replace("\0", "")[:KEPT]
