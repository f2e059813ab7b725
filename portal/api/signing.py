"""Signed calls: who has only seen a key cannot use it, and a recorded call cannot be sent once more.

`X-Portal-Signature: t=<unix seconds>,n=<nonce>,sm3=<hex>`, where sm3 is HMAC-SM3 under the signing secret of
`<t>.<n>.<METHOD>.<path with query>.` and the body's bytes. Our own messages to webhooks are signed the same way,
without method and path.
"""

import hmac
import re
import time
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.request import Request

from portal.access.door import tenant_tx
from portal.access.models import InstitutionKey
from portal.api.models import UsedNonce
from portal.api.problems import Problem
from portal.gateway.crypto import hmac_sm3

HEADER = "X-Portal-Signature"
FORM = re.compile(r"t=(\d{1,12}),n=([A-Za-z0-9_-]{8,64}),sm3=([0-9a-f]{64})")
#: Seconds that the two clocks may differ; a nonce is remembered for twice as long.
WINDOW = 300


def check_signature(request: Request, key: InstitutionKey) -> None:
    """Raises Problem (401) unless this very call was signed with the key's secret, now, and never seen before."""
    found = FORM.fullmatch(request.headers.get(HEADER, ""))
    if found is None:
        raise _refused("signature-missing", f"这个密钥的请求须带请求头 {HEADER}: t=…,n=…,sm3=…")
    moment, nonce, given = found.groups()
    if abs(time.time() - int(moment)) > WINDOW:
        raise _refused("signature-expired", f"签名的时间戳与本系统相差超过 {WINDOW // 60} 分钟，请校准时钟")
    http = request._request
    said = f"{moment}.{nonce}.{http.method}.{http.get_full_path()}.".encode() + body_of(request)
    secret = key.signing.reveal() if key.signing else ""
    if not hmac.compare_digest(hmac_sm3(str(secret).encode(), said).hex(), given):
        raise _refused("signature-wrong", "签名不符：请核对签名密钥、方法、地址（含查询参数）和请求内容的原始字节")
    _use(key, nonce)


def body_of(request: Request) -> bytes:
    """The body's own bytes, which whoever comes later reads again.

    As many as the view takes: `HttpRequest.body` refuses more than the framework allows a form, and a file is larger.
    """
    http: Any = request._request
    if not hasattr(http, "_body"):
        request.parser_context["view"].measure(request)
        http._body = http.read()
        http._stream = BytesIO(http._body)
    return bytes(http._body)


def _use(key: InstitutionKey, nonce: str) -> None:
    try:
        with tenant_tx(key.institution_pk), transaction.atomic():
            UsedNonce.objects.create(key=key.prefix, nonce=nonce)
    except IntegrityError:
        raise _refused("nonce-used", "这个随机数已经用过：每次请求（包括重发）都要用新的随机数重新签名") from None


def forget_old_nonces(institution_id: int) -> int:
    """Delete nonces whose calls would be refused by their time stamp anyway; how many."""
    with tenant_tx(institution_id):
        old = UsedNonce.objects.filter(used_at__lt=timezone.now() - timedelta(seconds=2 * WINDOW + 60))
        return old.delete()[0]


def _refused(code: str, sentence: str) -> Problem:
    return Problem(401, code, sentence, headers={"WWW-Authenticate": 'Api-Key realm="api"'})
