"""What can be announced: one line each, in the room that announces it."""

import re
from dataclasses import dataclass

_declared: dict[str, "Event"] = {}


@dataclass(frozen=True)
class Event:
    """Something that other systems may want to hear of, by name (`operation.done`).

    `facts` says in a sentence what its message carries. Raises ValueError for a malformed or a second name.
    """

    name: str
    label: str
    facts: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", self.name):
            raise ValueError(f"event {self.name!r} should look like operation.done")
        if _declared.setdefault(self.name, self) != self:
            raise ValueError(f"event {self.name!r} is declared twice")

    def __str__(self) -> str:
        return self.name


def event(name: str) -> Event:
    """The declared event; raises LookupError for a name nobody declared."""
    try:
        return _declared[name]
    except KeyError:
        raise LookupError(f"no event {name!r} is declared") from None


def declared_events() -> tuple[Event, ...]:
    return tuple(_declared[name] for name in sorted(_declared))


# --- the ground floor's own
_OPERATION = "id、gateway、kind、state、code；about 是业务编号"
OPERATION_DONE = Event("operation.done", "接口业务已完成", _OPERATION)
OPERATION_DOUBTFUL = Event("operation.doubtful", "接口业务结果待确认", _OPERATION)
OPERATION_REJECTED = Event("operation.rejected", "接口业务未生效（被拒绝、已冲正）", _OPERATION)
JOB_FINISHED = Event("job.finished", "后台任务已结束", "id、kind、state；about 是任务的业务主键")
TRIED = Event("hooks.tried", "推送测试", "没有内容，由人在页面上发出")
