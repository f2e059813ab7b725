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
    """The codes that prove that nothing happened, by code; a code that two rows share takes the gateway's own words."""
    found: dict[str, Refusal] = {}
    doubtful = {row.code for row in documented_errors(path) if not row.definite}
    for row in documented_errors(path):
        if row.code in doubtful:
            continue
        again = row.code in found
        step = "请按接口返回的说明处理" if again and found[row.code].next_step != row.next_step else row.next_step
        found[row.code] = Refusal(row.code, "{message}", f"{CLAUSE}（{row.section}）", step)
    return found
