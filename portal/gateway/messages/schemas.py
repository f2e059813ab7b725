"""The declaration as JSON Schema, for the test console and the field tables."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from portal.codes import code_list


def json_schema(record: type[BaseModel]) -> dict[str, Any]:
    """JSON Schema under wire names; items with a code list carry its codes and labels as `oneOf`."""
    schema = record.model_json_schema(by_alias=True)
    for group in (schema, *schema.get("$defs", {}).values()):
        for found in group.get("properties", {}).values():
            if codes := found.get("codes"):
                inner = found.get("items", found)
                inner["oneOf"] = [{"const": code, "title": label} for code, label in code_list(codes).choices()]
    return schema
