"""Lists by keyset: a page costs the same at the beginning and at the end of a million rows."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.problems import Problem


class Pages(CursorPagination):
    """`?limit=` rows (at most 1000), then `next` with the address of the following page, or null."""

    page_size = 100
    max_page_size = 1000
    page_size_query_param = "limit"
    ordering = "-id"

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get("limit", str(self.page_size))
        if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= self.max_page_size):
            raise Problem(400, "invalid-limit", f"limit 须为 1 到 {self.max_page_size} 的整数")
        return int(asked)

    def decode_cursor(self, request: Request) -> Any:
        try:
            return super().decode_cursor(request)
        except NotFound:
            raise Problem(400, "invalid-cursor", "cursor 无效，请使用上一页返回的 next 地址") from None

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"items": data, "next": self.get_next_link()})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["items", "next"],
            "properties": {"items": schema, "next": {"type": ["string", "null"], "format": "uri"}},
        }


class Whole(Pages):
    """For lists that are always short: all of it at once in the shape of a page, so there is nothing to ask for."""

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return []
