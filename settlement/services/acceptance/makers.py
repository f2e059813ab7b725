"""Who makes the content of which step."""

from __future__ import annotations

from collections.abc import Callable

from settlement.rules.acceptance import Step
from settlement.services.acceptance.stage import Content, Stage

Maker = Callable[[Stage, Step], Content]
_makers: dict[str, Maker] = {}


def makes(*prefixes: str) -> Callable[[Maker], Maker]:
    """This makes the content of every step whose key begins so."""

    def declare(maker: Maker) -> Maker:
        _makers.update(dict.fromkeys(prefixes, maker))
        return maker

    return declare


def maker_of(step: Step) -> Maker | None:
    """The longest beginning of the step's key decides; None where the table alone says what to send."""
    found = [one for one in _makers if step.key == one or step.key.startswith(f"{one}.")]
    return _makers[max(found, key=len)] if found else None
