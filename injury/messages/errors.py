"""The documented errors of the work-injury interface (5.2): text, next step, and whether nothing happened."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from portal.gateway.messages import Refusal

CLAUSE = "工伤接口 5.2"


@dataclass(frozen=True, slots=True)
class DocumentedError:
    """One row of 5.2. `section` is its heading; two rows may have the same `code`: both are kept.

    `mark` is the number inside the text, which does not always agree with the code. `definite`: the answer proves that
    the request had no effect.
    """

    section: str
    code: str
    mark: str
    text: str
    next_step: str
    definite: bool


@cache
def documented_errors(path: Path) -> tuple[DocumentedError, ...]:
    """All rows of the file, in the order of the specification."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return tuple(DocumentedError(**row) for row in content["errors"])


def definite(path: Path) -> dict[str, Refusal]:
    """The codes that prove that nothing happened, by code; a code that two rows share says what both say."""
    doubtful = {row.code for row in documented_errors(path) if not row.definite}
    return _by_code([row for row in documented_errors(path) if row.code not in doubtful])


def undecided(path: Path) -> dict[str, Refusal]:
    """The documented codes that leave open whether something happened, with what to do."""
    return _by_code([row for row in documented_errors(path) if not row.definite and row.code != "0"])


def _by_code(rows: list[DocumentedError]) -> dict[str, Refusal]:
    found: dict[str, Refusal] = {}
    for row in rows:
        first = found.get(row.code)
        text, step = row.text, row.next_step
        if first is not None:
            text = first.text if first.text == text else f"{first.text}；或：{text}"
            step = step if first.next_step == step else "请按接口返回的说明处理"
        sentence = f"{{message}}（代码 {row.code}）"
        found[row.code] = Refusal(row.code, sentence, f"{CLAUSE}（{row.section}）", step, text=text)
    return found
