"""JSON as money needs it: exact decimals, no NaN, no name given twice, no text that no table can hold."""

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import IO, Any, NoReturn

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from portal.api.problems import Problem, pointer

#: Digits of a number in the request: more cannot be an amount, and would cost time to convert.
DIGITS = 40
#: How NUL and halves of characters are written; most bodies have none of it, and are not walked through.
ESCAPED = re.compile(r"\\u(0000|[dD][89a-fA-F])")
#: Places that an answer names.
NAMED = 20


class StrictJson(BaseParser):
    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body as Python values, numbers with a point as Decimal. Raises ParseError, Problem naming bad text."""
        try:
            text = stream.read().decode("utf-8")
            found = json.loads(
                text, parse_float=decimal, parse_int=integer, parse_constant=refuse, object_pairs_hook=unique
            )
            if ESCAPED.search(text):
                refuse_unwritable(found)
            return found
        except UnicodeDecodeError:
            raise ParseError("请求内容须为 UTF-8 编码") from None
        except RecursionError:
            raise ParseError("请求内容嵌套过深") from None
        except json.JSONDecodeError as error:
            raise ParseError(f"请求内容不是有效的 JSON：第 {error.lineno} 行第 {error.colno} 列") from None


def decimal(text: str) -> Decimal:
    if len(text) > DIGITS:
        raise ParseError("数字过长")
    number = Decimal(text)
    if abs(number.adjusted()) > DIGITS:
        raise ParseError("数字过大")
    return number


def integer(text: str) -> int:
    if len(text) > DIGITS:
        raise ParseError("数字过长")
    return int(text)


def refuse(text: str) -> NoReturn:
    raise ParseError(f"不接受 {text}")


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ParseError("同一个对象里有重复的名称")
    return found


def refuse_unwritable(body: Any) -> None:
    """Raises Problem naming every text with a NUL or half a character: neither a table nor a gateway takes it."""
    said = "含有无法保存的字符（NUL 或不完整的字符）"
    if errors := [{"pointer": where, "detail": said} for where in islice(unwritable(body), NAMED)]:
        raise Problem(422, "invalid", f"有文本{said}，没有办理", errors=errors)


def unwritable(value: Any, *path: object) -> Iterator[str]:
    """Pointers to such texts; to the object, when it is one of its names."""
    match value:
        case str():
            if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
                yield pointer(*path)
        case dict():
            for name, inner in value.items():
                if next(unwritable(name), None) is None:
                    yield from unwritable(inner, *path, name)
                else:
                    yield pointer(*path)
        case list():
            for index, inner in enumerate(value):
                yield from unwritable(inner, *path, index)
