"""What of a message may be shown."""

from __future__ import annotations

import re
from typing import Any, get_args

from pydantic import BaseModel

from portal.gateway.messages.declaration import item_of
from portal.vault.masks import mask_identity

HIDDEN = "***"
#: An identity number somewhere in a text, of 18 or of 15 characters.
IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])(?:[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9Xx]"
    r"|[1-9][0-9]{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3})(?![0-9A-Za-z])"
)
#: What a wire writes down in the place of a file (`portal.gateway.wire.files`): names nobody.
FILE_NOTE = re.compile(r"\[file [0-9]+ bytes sha256 [0-9a-f]{64}\]")


def masked(record: BaseModel) -> dict[str, Any]:
    """The record under its wire names for logs and screens, with secrets as `***`.

    Items that were not declared are hidden too: nobody has said yet whether they name a person.
    """
    shown: dict[str, Any] = {}
    for name in type(record).model_fields:
        declared = item_of(type(record), name)
        value = getattr(record, name)
        shown[declared.wire] = HIDDEN if declared.secret and value not in (None, "") else _show(value)
    for name in record.__pydantic_extra__ or {}:
        shown[name] = HIDDEN
    return shown


def _show(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return masked(value)
    if isinstance(value, list | tuple):
        return [_show(one) for one in value]
    return value


def without_identities(text: str) -> str:
    """The text with every identity number in it as `110***********1234`."""
    return IDENTITY.sub(lambda found: mask_identity(found[0]), text)


def masked_tree(kind: type[BaseModel], tree: Any) -> Any:
    """JSON as it travelled, read with the declaration: what `masked` hides, and identity numbers in any other text.

    Needs no valid message: refused and garbled ones are shown by the same rules.
    """
    if isinstance(tree, list):
        return [masked_tree(kind, one) for one in tree]
    if not isinstance(tree, dict):
        return HIDDEN if tree not in (None, "") else tree
    return {name: _masked_member(kind, name, value) for name, value in tree.items()}


def _masked_member(kind: type[BaseModel], name: str, value: Any) -> Any:
    found = declared_name(kind, name)
    if value in (None, "", [], {}):
        return value
    if found is None:
        return HIDDEN
    if item_of(kind, found).secret:
        return value if isinstance(value, str) and FILE_NOTE.fullmatch(value) else HIDDEN
    if inner := group_of(kind.model_fields[found].annotation):
        return masked_tree(inner, value)
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return HIDDEN
    return without_identities(value) if isinstance(value, str) else _number(value)


def _number(value: Any) -> Any:
    """A number of fifteen or eighteen digits may be an identity number, too."""
    if isinstance(value, int) and not isinstance(value, bool) and IDENTITY.fullmatch(str(value)):
        return without_identities(str(value))
    return value


def declared_name(kind: type[BaseModel], name: str) -> str | None:
    """The Python name of the item with this name on the wire (in any case of letters); None if none was declared."""
    wanted = name.lower()
    return next((one for one in kind.model_fields if item_of(kind, one).wire.lower() == wanted), None)


def group_of(annotation: Any) -> type[BaseModel] | None:
    """The group that an item holds, alone or in a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := group_of(one))), None)
