"""What became of each call, on disk, by its id: an answer survives a lost connection, and no id is called twice."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

#: Seconds that an answer is kept, and that an id is known at all. Calls are refused by their time long before that.
KEEP_ANSWERS, KEEP_IDS = 3 * 86400, 90 * 86400

TABLES = """
CREATE TABLE IF NOT EXISTS born (at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS calls (
    id TEXT PRIMARY KEY, digest TEXT NOT NULL, function TEXT NOT NULL, keep INTEGER NOT NULL,
    state TEXT NOT NULL, answer TEXT NOT NULL DEFAULT '', came INTEGER NOT NULL, ended INTEGER
);
"""


class Spool:
    """One file; used by several threads. States: waiting, running, then how the call ended."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "calls.sqlite3"
        path.touch(mode=0o600)
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA synchronous=FULL")
        self._base.executescript(TABLES)
        if self._base.execute("SELECT at FROM born").fetchone() is None:
            self._base.execute("INSERT INTO born VALUES (?)", [int(time.time())])
        self.born = int(self._base.execute("SELECT at FROM born").fetchone()[0])
        self._after_restart()

    def _after_restart(self) -> None:
        """What waited was never handed over; what ran has no known end."""
        dropped = {"state": "not_called", "reason": "stopped", "sentence": "桥接程序已重新启动，排队的请求没有执行"}
        broken = {"state": "unknown", "reason": "interrupted", "sentence": "桥接程序在调用期间中断"}
        for before, told in (("waiting", dropped), ("running", broken)):
            self._base.execute(
                "UPDATE calls SET state = ?, answer = ?, ended = ? WHERE state = ?",
                [told["state"], json.dumps(told), int(time.time()), before],
            )

    def enter(self, call: str, digest: str, function: str, *, keep: bool) -> bool:
        """A new call that waits; False when the id is known already."""
        with self._lock:
            row = self._base.execute(
                "INSERT INTO calls (id, digest, function, keep, state, came) VALUES (?, ?, ?, ?, 'waiting', ?)"
                " ON CONFLICT DO NOTHING",
                [call, digest, function, keep, int(time.time())],
            )
            return row.rowcount == 1

    def running(self, call: str) -> None:
        """On disk before the library is called."""
        with self._lock:
            self._base.execute("UPDATE calls SET state = 'running' WHERE id = ?", [call])

    def end(self, call: str, told: dict[str, Any], *, keep: bool) -> None:
        """On disk before anybody hears of it; the words of a query are not kept."""
        kept = told if keep or told["state"] != "returned" else {"state": "not_kept"}
        with self._lock:
            self._base.execute(
                "UPDATE calls SET state = ?, answer = ?, ended = ? WHERE id = ?",
                [told["state"], json.dumps(kept), int(time.time()), call],
            )

    def find(self, call: str) -> dict[str, Any] | None:
        """{state, digest, …} of a call, with its answer when it has ended; None for an unknown id."""
        with self._lock:
            row = self._base.execute("SELECT digest, state, answer FROM calls WHERE id = ?", [call]).fetchone()
        if row is None:
            return None
        return {"state": row[1], **(json.loads(row[2]) if row[2] else {}), "digest": row[0]}

    def close(self, call: str, sent_at: int) -> dict[str, Any]:
        """Make sure that an id that never came is never called either; {} when this spool cannot know."""
        if sent_at <= self.born + 1:
            return {}
        told = {"state": "not_called", "reason": "closed", "sentence": "请求没有到达桥接程序，已登记为不再执行"}
        with self._lock:
            row = self._base.execute(
                "INSERT INTO calls (id, digest, function, keep, state, answer, came, ended)"
                " VALUES (?, '', '', 0, 'not_called', ?, ?, ?) ON CONFLICT DO NOTHING",
                [call, json.dumps(told), int(time.time()), int(time.time())],
            )
        return told if row.rowcount else self.find(call) or {}

    def tidy(self) -> None:
        """Forget the words of old answers, and old ids."""
        now = int(time.time())
        gone = json.dumps({"state": "not_kept"})
        with self._lock:
            self._base.execute(
                "UPDATE calls SET answer = ? WHERE state = 'returned' AND ended < ?", [gone, now - KEEP_ANSWERS]
            )
            self._base.execute("DELETE FROM calls WHERE ended < ?", [now - KEEP_IDS])

    def shut(self) -> None:
        with self._lock:
            self._base.close()
