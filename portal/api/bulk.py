"""Calls with many rows: what became of each is answered, and one wrong row keeps no other one waiting.

One member of every such call, `atomic`, asks for all rows or none. A view names its lists of rows in `rows_in`; more
than 1,000 rows are refused before anything else is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import transaction
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.services.refusals import NotAllowed
from portal.api.problems import Problem, flat, pointer

#: Rows in one call, of each of its lists.
MOST = 1_000
#: In sentences a row is called by its place; when rows were left out the places are others.
PLACE = re.compile(r"第 (\d+) (行|条|笔|个)")
WORDS = (
    f"一次最多 {MOST:,} 行，逐行答复（rows）：有问题的行不办理，其余照常，回应 207；"
    "没有一行可以办理时回应 422。atomic 为 true 时有一行不符合要求就全部不办理，列出所有问题。"
)
T = TypeVar("T")
R = TypeVar("R")


class BulkSerializer(serializers.Serializer[Any]):
    """What every call with many rows may say."""

    atomic = serializers.BooleanField(
        required=False, default=False, help_text="true：全部行都符合要求才办理，否则一行也不办理"
    )


class RowFaultSerializer(serializers.Serializer[Any]):
    """One fault of one row."""

    pointer = serializers.CharField(help_text="JSON pointer，如 /fees/3/price")
    detail = serializers.CharField(help_text="原因")


class RowAnswerSerializer(serializers.Serializer[Any]):
    """What became of one row."""

    list = serializers.CharField(help_text="请求中列表的名称")
    index = serializers.IntegerField(help_text="在列表中的位置，从 0 起")
    state = serializers.CharField(
        help_text="refused 没有办理；其余为已办理：new 新增，same 已有且内容相同，changed 内容有变更，"
        "held 已保存但暂不能上传，blocked 已保存但内容有误，repeated 同一批中重复，dropped 已撤下，decided 已决定，"
        "proposed 待复核，opened 已提交操作"
    )
    id = serializers.CharField(required=False, allow_null=True, help_text="保存的记录的 id 或编号；没有办理时为空")
    errors = RowFaultSerializer(  # type: ignore[assignment]  # a field of the row, as callers know it
        many=True, required=False, help_text="有问题的行才有"
    )


class BulkAnswerSerializer(serializers.Serializer[Any]):
    """What became of a call with many rows, row by row in their order."""

    done = serializers.IntegerField(help_text="已办理的行数，含内容相同、没有变化的")
    refused = serializers.IntegerField(help_text="没有办理的行数")
    rows = RowAnswerSerializer(many=True, help_text="每一行的结果，按提交的顺序")


def refuse_too_many(data: Any, lists: Iterable[str]) -> None:
    """Raises Problem when one of these lists has more rows than a call may have."""
    for name in lists:
        rows = data.get(name)
        if isinstance(rows, list) and len(rows) > MOST:
            said = f"{name}：一次最多 {MOST:,} 行，这里有 {len(rows):,} 行，请分批提交"
            raise Problem(422, "too-many-rows", said, errors=[{"pointer": f"/{name}", "detail": said}])


@dataclass
class Rows:
    """The answers to one list of a call, collected by place."""

    name: str
    answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    #: Whether every fault is that another content is here already.
    is_conflict: bool = False

    def done(self, index: int, state: str, row_id: Any = None) -> None:
        self.answers[index] = {
            "list": self.name,
            "index": index,
            "state": state,
            "id": None if row_id is None else str(row_id),
        }

    def wrong(self, index: int, faults: Iterable[tuple[str, str]], state: str = "refused", row_id: Any = None) -> None:
        """`faults`: (pointer inside the row, sentence), e.g. ("/price", "…")."""
        self.done(index, state, row_id)
        at = f"/{self.name}/{index}"
        self.answers[index]["errors"] = [{"pointer": at + rest, "detail": sentence} for rest, sentence in faults]

    @property
    def refused(self) -> dict[int, dict[str, Any]]:
        return {index: one for index, one in self.answers.items() if one["state"] == "refused"}

    @property
    def faults(self) -> list[dict[str, str]]:
        """Of all rows, in their order."""
        return [fault for index in sorted(self.answers) for fault in self.answers[index].get("errors", ())]

    def told(self) -> list[dict[str, Any]]:
        return [self.answers[index] for index in sorted(self.answers)]


def answered(
    lists: Sequence[Rows], *, atomic: bool, status: int = 201, more: Mapping[str, Any] | None = None
) -> Response:
    """The answer of a call: `status` when every row is in order, 207 when not; raises Problem with all faults when
    nothing was done, or when all or nothing was asked for (what was done is then rolled back with it)."""
    faults = [fault for rows in lists for fault in rows.faults]
    told = [one for rows in lists for one in rows.told()]
    refused = sum(len(rows.refused) for rows in lists)
    if faults and (atomic or refused == len(told)):
        raise _problem(lists, faults, len(told))
    body = {**(more or {}), "done": len(told) - refused, "refused": refused, "rows": told}
    return Response(body, 207 if faults else status)


def _problem(lists: Sequence[Rows], faults: list[dict[str, str]], count: int) -> Problem:
    wrong = sum(1 for rows in lists for one in rows.answers.values() if one.get("errors"))
    sentence = f"{count:,} 行中有 {wrong:,} 行、{len(faults):,} 处不符合要求，一行也没有办理"
    if count == 1 and len(faults) == 1:
        sentence = faults[0]["detail"]
    conflict = all(rows.is_conflict for rows in lists if rows.faults)
    return Problem(409 if conflict else 422, "conflict" if conflict else "invalid", sentence, errors=faults)


def read_rows(child: serializers.BaseSerializer[Any], data: Any, rows: Rows) -> dict[int, Any]:
    """The rows of a body that the serializer accepts, by place; others are answered. Raises Problem without a list."""
    good: dict[int, Any] = {}
    for index, one in enumerate(listed(data, rows.name)):
        try:
            good[index] = child.run_validation(one)
        except serializers.ValidationError as error:
            rows.wrong(index, flat(error.detail))
    return good


def listed(data: Any, name: str) -> list[Any]:
    """The body's list of that name; raises Problem when it is none, or empty."""
    given = data.get(name)
    if not isinstance(given, list) or not given:
        said = f"{name}：应为列表，1 至 {MOST:,} 行"
        raise Problem(422, "invalid", said, errors=[{"pointer": f"/{name}", "detail": said}])
    return given


def firsts(values: Sequence[T], rows: Rows) -> dict[int, T]:
    """Each value once, by its place; the others are answered as repeated."""
    seen: dict[T, int] = {}
    for place, one in enumerate(values):
        if seen.setdefault(one, place) != place:
            rows.done(place, "repeated", one)
    return {place: one for one, place in seen.items()}


@dataclass
class Taken(Generic[R]):
    """What the act returned, and the places of the rows it was given at last."""

    result: R
    places: list[int]


def take(
    given: Mapping[int, T],
    act: Callable[[list[T]], R],
    faults: Callable[[NotAllowed, list[T]], Mapping[int, Sequence[tuple[str, str]]]],
    rows: Rows,
    *,
    atomic: bool,
) -> Taken[R] | None:
    """Do it with all rows; with those that are refused left out, until it succeeds. None when none is left.

    The service knows only all or none, and says which rows are at fault: `faults` gives them by place in what it was
    given, with pointers inside the row. An error that names no row passes through: it is about the whole call; so does
    one that names all rows with the operation they are in. With `atomic` the first refusal ends it, its rows answered.
    """
    left = dict(given)
    while left and not (atomic and rows.faults):
        places = list(left)
        try:
            with transaction.atomic():
                return Taken(act([left[place] for place in places]), places)
        except NotAllowed as error:
            found = faults(error, [left[place] for place in places])
            if not found or (error.running is not None and len(found) == len(given)):
                raise
            for at, said in found.items():
                rows.wrong(places[at], [(rest, _renumbered(sentence, places)) for rest, sentence in said])
                del left[places[at]]
    return None


def _renumbered(sentence: str, places: Sequence[int]) -> str:
    def real(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        return f"第 {places[at] + 1} {match[2]}" if at < len(places) else match[0]

    return PLACE.sub(real, sentence)


def by_key(key: Callable[[T], Any]) -> Callable[[NotAllowed, list[T]], Mapping[int, Sequence[tuple[str, str]]]]:
    """For services that name rows by key (`NotAllowed.rows`)."""

    def found(error: NotAllowed, given: list[T]) -> Mapping[int, Sequence[tuple[str, str]]]:
        named = {str(one) for one in error.rows}
        return {at: [("", error.message)] for at, one in enumerate(given) if str(key(one)) in named}

    return found


def by_place(prefix: str) -> Callable[[NotAllowed, list[Any]], Mapping[int, Sequence[tuple[str, str]]]]:
    """For services whose `faults` name the row: `items/3/price` or `lines.3.price`."""

    def found(error: NotAllowed, given: list[Any]) -> Mapping[int, Sequence[tuple[str, str]]]:
        told: dict[int, list[tuple[str, str]]] = {}
        for name, sentence in getattr(error, "faults", ()):
            first, *rest = re.split(r"[./]", name)
            if first == prefix and rest and rest[0].isdigit() and int(rest[0]) < len(given):
                told.setdefault(int(rest[0]), []).append((pointer(*rest[1:]), sentence))
        return told

    return found
