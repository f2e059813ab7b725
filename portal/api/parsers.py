"""JSON as money needs it: exact decimals, no NaN, no name given twice."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any, NoReturn

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

#: Digits of a number in the request: more cannot be an amount, and would cost time to convert.
DIGITS = 40


class StrictJson(BaseParser):
    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body as Python values, numbers with a point as Decimal. Raises ParseError."""
        try:
            text = stream.read().decode("utf-8")
            return json.loads(
                text, parse_float=decimal, parse_int=integer, parse_constant=refuse, object_pairs_hook=unique
            )
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
