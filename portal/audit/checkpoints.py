"""Checkpoints: where every chain ended at a moment, signed with SM2 and kept outside the database (design 4.4).

Whoever can rewrite the database can rewrite a whole chain so that it agrees with itself, but not with these files.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.timezone import localtime

from portal.access.door import platform_tx
from portal.audit.actions import CHECKPOINT_WRITTEN
from portal.audit.models import Head
from portal.audit.record import record_platform
from portal.gateway.crypto.sm2 import SM2
from portal.gateway.crypto.sm3 import sm3
from portal.vault.keys import NoKey
from portal.vault.signing import signing_key, verifying_key

MARK = 8  # hexadecimal digits printed on papers


@dataclass(frozen=True)
class Checkpoint:
    """One file: chain → (number of the last record, its hash)."""

    number: int
    at: str
    previous: str
    count: int
    heads: dict[int, tuple[int, bytes]]


def write_checkpoint(folder: Path | None = None) -> Path:
    """Write where every chain ends now; returns the new file. Runs daily as a job, and by `manage.py audit_checkpoint`.

    Raises NoKey when the signing key can neither be read nor made, OSError when the folder cannot be written.
    """
    folder = folder or Path(settings.CHECKPOINT_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    key = signing_key()
    with _one_writer(folder):
        last = _files(folder)[-1:]
        with platform_tx():
            heads = {chain: (seq, bytes(end)) for chain, seq, end in Head.objects.values_list("chain", "seq", "hash")}
        content: dict[str, Any] = {
            "number": _number(last[0]) + 1 if last else 1,
            "at": localtime().isoformat(timespec="seconds"),
            "previous": sm3(last[0].read_bytes()).hex() if last else "",
            "count": sum(seq for seq, _ in heads.values()),
            "heads": {str(chain): [seq, end.hex()] for chain, (seq, end) in sorted(heads.items())},
        }
        content["signature"] = key.sign(_signed(content)).hex()
        path = folder / f"checkpoint-{content['number']:08d}.json"
        _write(path, json.dumps(content, ensure_ascii=False, indent=1).encode())
    record_platform(CHECKPOINT_WRITTEN, by=None, number=content["number"], mark=mark_of(path), count=content["count"])
    return path


def latest_mark(folder: Path | None = None) -> str:
    """The short hash of the latest checkpoint for the foot of papers, e.g. `9f3a12bc`; empty before the first one."""
    latest = latest_checkpoint(folder)
    return mark_of(latest) if latest else ""


def latest_checkpoint(folder: Path | None = None) -> Path | None:
    """The newest file, or None."""
    files = _files(folder or Path(settings.CHECKPOINT_DIR))
    return files[-1] if files else None


def mark_of(path: Path) -> str:
    return sm3(path.read_bytes()).hex()[:MARK]


def read_checkpoints(folder: Path) -> tuple[list[Checkpoint], list[str]]:
    """All checkpoints whose signature is good, oldest first, and a sentence for everything wrong with the files."""
    files = _files(folder)
    if not files:
        return [], []
    try:
        key = verifying_key()
    except NoKey as error:
        return [], [str(error)]
    good: list[Checkpoint] = []
    wrong: list[str] = []
    before: Path | None = None
    for path in files:
        checkpoint = _read(path, key)
        if checkpoint is None:
            wrong.append(f"检查点 {path.name} 的签名不对，文件被改动过")
        elif checkpoint.number != (_number(before) + 1 if before else 1):
            wrong.append(f"检查点 {path.name} 之前缺少文件")
        elif checkpoint.previous != (sm3(before.read_bytes()).hex() if before else ""):
            wrong.append(f"检查点 {path.name} 与前一个不衔接，前一个被换过")
        if checkpoint is not None:
            good.append(checkpoint)
        before = path
    return good, wrong


def _read(path: Path, key: SM2) -> Checkpoint | None:
    try:
        content = json.loads(path.read_bytes())
        signature = bytes.fromhex(content.pop("signature"))
        if not key.verify(signature, _signed(content)) or content["number"] != _number(path):
            return None
        heads = {int(chain): (int(seq), bytes.fromhex(end)) for chain, (seq, end) in content["heads"].items()}
        return Checkpoint(content["number"], content["at"], content["previous"], content["count"], heads)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _signed(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("checkpoint-*.json") if path.stem.rpartition("-")[2].isdigit())


def _number(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])


def _write(path: Path, data: bytes) -> None:
    """Complete or not at all, read-only from the start."""
    draft = path.with_suffix(f".{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o444), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


@contextmanager
def _one_writer(folder: Path) -> Iterator[None]:
    with open(folder / "lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
