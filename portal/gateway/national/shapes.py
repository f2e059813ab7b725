"""What every message made from a table shares: how it is read, in either direction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import ConfigDict, model_validator

from portal.gateway.messages import Part, Record, Request
from portal.gateway.national.gateway import Received


def tidy(data: Any, names: Mapping[str, str]) -> Any:
    """A group with its declared names whatever the case of its letters, without what is empty.

    Empty text stands for an absent value on this interface (access guide, below table 4).
    """
    if not isinstance(data, dict):
        return data
    found: dict[Any, Any] = {}
    for name, value in data.items():
        if value is not None and value != "":
            found[names.get(name.lower(), name) if isinstance(name, str) else name] = value
    return found


class Group(Part):
    """A node of an input."""

    model_config = ConfigDict(defer_build=True, protected_namespaces=())
    #: Names in small letters (on the wire and in Python) to the Python name.
    names: ClassVar[Mapping[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _tidy(cls, data: Any) -> Any:
        return tidy(data, cls.names)


class TableRequest(Request[Record]):
    """A transaction made from a table; its reply is made when it is first asked for."""

    model_config = ConfigDict(defer_build=True, protected_namespaces=())
    names: ClassVar[Mapping[str, str]] = {}
    _answers: ClassVar[Any] = None

    @model_validator(mode="before")
    @classmethod
    def _tidy(cls, data: Any) -> Any:
        return tidy(data, cls.names)

    @classmethod
    def reply(cls) -> type[Record]:
        made: type[Record] = cls._answers()
        return made


class Answer(Record):
    """A node of an output: what is absent is empty, and a list of one may stand for one."""

    model_config = ConfigDict(defer_build=True, protected_namespaces=())
    names: ClassVar[Mapping[str, str]] = {}
    #: Python names of nodes that are lists, and of those that are not.
    lists: ClassVar[frozenset[str]] = frozenset()
    groups: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _tidy(cls, data: Any) -> Any:
        found = tidy(data, cls.names)
        if isinstance(found, dict):
            for name in cls.lists & found.keys():
                if not isinstance(found[name], list | tuple):
                    found[name] = [found[name]]
            for name in cls.groups & found.keys():
                found[name] = _one(name, found[name])
        return found


class Answered(Received, Answer):
    """The output of a transaction made from a table."""


def _one(name: str, value: Any) -> Any:
    """One group, where some centres send a list of one, and others the only field of it without its node (9002)."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return {name: value} if isinstance(value, str) else value
