"""A changing call has one effect however often it is sent (design 3.4, inbound REST).

The stored answer is written in the transaction of the effect, so neither exists without the other. While that
transaction runs, a lock that belongs to it answers 409 to a second call; if the process dies, the lock dies with it.
"""

import hashlib
import json
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any, cast

from django.db import connection
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from portal.access.door import required_institution, tenant_tx
from portal.access.member import Member
from portal.api.models import IdempotentCall
from portal.api.problems import Problem

HEADER = "Idempotency-Key"
KEEP_DAYS = 180
REPLAYED = "Idempotency-Replayed"


def once(request: Request, act: Callable[[], Response], *, forgotten: Collection[str] = ()) -> Response:
    """The answer of `act`, or the stored answer of the same call; call inside the institution's door.

    `forgotten` names members of the answer that are not stored (what is shown once). Raises Problem: 400 without a
    usable key, 409 while the same key is in progress, 422 when the key was used for something else.
    """
    key, asked = key_of(request), hash_of(request)
    if not lock(key):
        raise Problem(
            409,
            "idempotency-in-progress",
            "使用同一个 Idempotency-Key 的请求正在处理，请稍后用同一个键重试",
            headers={"Retry-After": "2"},
        )
    stored = IdempotentCall.objects.filter(key=key).first()
    if stored is not None:
        if stored.request_hash != asked:
            raise Problem(422, "idempotency-key-reused", "这个 Idempotency-Key 已用于另一个请求，请换一个新的键")
        return replay(stored)
    response = act()
    kept = (
        {name: value for name, value in response.data.items() if name not in forgotten} if forgotten else response.data
    )
    IdempotentCall.objects.create(
        key=key,
        request_hash=asked,
        status=response.status_code,
        body=text_of(kept, response),
        location=response.headers.get("Location", ""),
    )
    return response


def replay(stored: IdempotentCall) -> Response:
    headers = {REPLAYED: "true"} | ({"Location": stored.location} if stored.location else {})
    return Response(json.loads(stored.body.reveal()), stored.status, headers=headers)


def text_of(data: Any, response: Response) -> str:
    """The body as it is sent, also when a member is left out of the stored copy."""
    if data is response.data and response.is_rendered:
        return bytes(response.content).decode() or "null"
    rendered = response.accepted_renderer.render(data) or "null"
    return rendered if isinstance(rendered, str) else rendered.decode()


def key_of(request: Request) -> str:
    key = request.headers.get(HEADER, "")
    if not key:
        raise Problem(400, "idempotency-key-missing", f"修改数据的请求必须带请求头 {HEADER}，每笔业务一个，重试时不变")
    if len(key) > 100 or not all("!" <= sign <= "~" for sign in key):  # spaces at its ends would not arrive
        raise Problem(400, "idempotency-key-invalid", f"{HEADER} 须为 1–100 个可打印的半角字符，不含空格")
    return key


def hash_of(request: Request) -> str:
    """Of what is asked, and in which environment; not of how it is written: spaces and the order do not count.

    So an answer of the test environment is never taken for one of production.
    """
    institution = cast(Member, request.auth).institution
    environment = institution.environment if institution else ""
    asked = [request.method, request.get_full_path(), request.data or None, environment]
    text = json.dumps(asked, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def lock(key: str) -> bool:
    """Hold this key until the transaction ends; False when another transaction holds it."""
    name = f"idempotency:{required_institution()}:{key}".encode()
    number = int.from_bytes(hashlib.sha256(name).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def forget_old_calls(institution_id: int) -> int:
    """Delete answers older than 180 days; how many."""
    with tenant_tx(institution_id):
        old = IdempotentCall.objects.filter(created_at__lt=timezone.now() - timedelta(days=KEEP_DAYS))
        return old.delete()[0]
