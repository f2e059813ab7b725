"""Walking the chains: every hash computed again in Python, not by the database that is under suspicion."""

import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection

from portal.access.door import PLATFORM, platform_tx, tenant_tx
from portal.audit.checkpoints import Checkpoint
from portal.audit.models import Head
from portal.gateway.crypto.sm3 import sm3

GENESIS = bytes(32)
CHUNK = 5000
#: The time as it was hashed; formatting it here would cost more than the hash.
WALK = """
SELECT seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), body, prev, hash
FROM audit_event WHERE chain = %s ORDER BY seq
"""


class Fault(StrEnum):
    BROKEN = "断链"
    TRUNCATED = "截断"
    HEAD = "链尾不符"
    ANCHOR = "与检查点不符"


@dataclass(frozen=True)
class Verdict:
    """What one chain is found to be: how many records were read, and the first thing wrong with it, if any."""

    chain: int
    count: int
    fault: Fault | None = None
    seq: int = 0
    why: str = ""


def chains() -> list[int]:
    """Every chain that has a head, the platform's first."""
    with platform_tx():
        return list(Head.objects.order_by("chain").values_list("chain", flat=True))


def anchors_of(checkpoints: Iterable[Checkpoint]) -> dict[int, dict[int, bytes]]:
    """Chain → record number → the hash that some checkpoint signed."""
    anchors: dict[int, dict[int, bytes]] = defaultdict(dict)
    for checkpoint in checkpoints:
        for chain, (seq, end) in checkpoint.heads.items():
            if seq:
                anchors[chain][seq] = end
    return anchors


def verify_chain(chain: int, anchors: Mapping[int, bytes] | None = None) -> Verdict:
    """Walk one chain inside its own door, streaming; stops at the first bad record.

    Records that are appended meanwhile are no fault: the head is read before and after.
    """
    with platform_tx() if chain == PLATFORM else tenant_tx(chain):
        before = _head(chain)
        if before is None:
            return Verdict(chain, 0, Fault.TRUNCATED, 0, "链尾记录不在了")
        verdict = _walk(chain, before, anchors or {})
        after = _head(chain)
        if verdict.fault is None and after is not None and verdict.count > after[0]:
            beyond = after[0] + 1
            return Verdict(
                chain, verdict.count, Fault.HEAD, beyond, f"链尾停在第 {after[0]} 条，此后的记录不是正常写入的"
            )
        return verdict


def place_hash(chain: int, seq: int, prev: bytes, at: str, body: str) -> bytes:
    """The hash of one record; `at` as it was hashed, 2026-04-26T02:03:04.000005Z."""
    return sm3(struct.pack(">qq", chain, seq), prev, at.encode(), sm3(body.encode()))


def _walk(chain: int, head: tuple[int, bytes], anchors: Mapping[int, bytes]) -> Verdict:
    count, prev = 0, GENESIS
    place = struct.Struct(">qq").pack
    for seq, at, body, linked, stored in _stream(chain):
        if seq != count + 1:
            return Verdict(chain, count, Fault.BROKEN, count + 1, f"第 {count + 1} 条缺失，其后是第 {seq} 条")
        if linked != prev:
            return Verdict(chain, count, Fault.BROKEN, seq, "与上一条不衔接")
        if sm3(place(chain, seq), prev, at.encode(), sm3(body.encode())) != stored:
            return Verdict(chain, count, Fault.BROKEN, seq, "内容或时间被改动")
        if anchors.get(seq, stored) != stored:
            return Verdict(chain, count, Fault.ANCHOR, seq, "检查点签过的摘要不同，这条链被整体改写过")
        if seq == head[0] and stored != head[1]:
            return Verdict(chain, count, Fault.HEAD, seq, "链尾的摘要不同")
        count, prev = seq, stored
    if count < head[0]:
        return Verdict(chain, count, Fault.TRUNCATED, count + 1, f"链尾记到第 {head[0]} 条，记录只到第 {count} 条")
    latest = max(anchors, default=0)
    if count < latest:
        return Verdict(chain, count, Fault.ANCHOR, count + 1, f"检查点签到第 {latest} 条，记录只到第 {count} 条")
    return Verdict(chain, count)


def _stream(chain: int) -> Iterator[Any]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(WALK, [chain])
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def _head(chain: int) -> tuple[int, bytes] | None:
    found = Head.objects.filter(chain=chain).values_list("seq", "hash").first()
    return None if found is None else (found[0], bytes(found[1]))
