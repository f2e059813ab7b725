"""Loading the libraries and calling their functions by the table of signatures; inside the child process only."""

from __future__ import annotations

import ctypes
import importlib
import sys
from dataclasses import dataclass
from typing import Any

from portal.gateway.bridge.memory import Guarded
from portal.gateway.bridge.signatures import SIGNATURES, Parameter, Signature

#: How a library is named that is no file: the product's sandbox plays it.
PLAYED = "sandbox:"
PLAYER = "portal.gateway.sandbox.library"
RETURNS = {"int": ctypes.c_int, "long": ctypes.c_long}


class NotLoaded(Exception):
    """The library, or a function of it, cannot be called; `str()` is fit for a person. Nothing was called."""


@dataclass(frozen=True)
class Returned:
    """What a function returned and wrote, as bytes."""

    value: int
    outs: dict[str, bytes]


class Libraries:
    """The two libraries of a desk, each loaded when it is first asked for."""

    def __init__(self, trans: str, card: str = "", party: str = "") -> None:
        self._names = {"trans": trans, "card": card or (trans if trans.startswith(PLAYED) else "")}
        self._party = party
        self._loaded: dict[str, Any] = {}
        self._bound: dict[str, Any] = {}
        self._buffers: dict[tuple[str, str], Guarded] = {}

    def call(self, name: str, arguments: dict[str, Any]) -> Returned:
        """Call it once. NotLoaded before anything happened; Overflow after a call that wrote outside its buffers."""
        signature = SIGNATURES[name]
        function = self._function(signature)
        buffers = {one.name: self._buffer(signature, one) for one in signature.parameters if one.size}
        try:
            for one in signature.parameters:
                if one.kind == "in":
                    buffers[one.name].put(arguments[one.name])
            value = int(function(*(_passed(one, buffers, arguments) for one in signature.parameters)))
            for buffer in buffers.values():
                buffer.check()
            outs = {one.name: buffers[one.name].taken() for one in signature.parameters if one.kind == "out"}
            return Returned(value, outs)
        finally:
            for buffer in buffers.values():
                buffer.wipe()

    def _buffer(self, signature: Signature, parameter: Parameter) -> Guarded:
        key = (signature.name, parameter.name)
        if key not in self._buffers:
            self._buffers[key] = Guarded(parameter.size)
        return self._buffers[key]

    def _function(self, signature: Signature) -> Any:
        if signature.name not in self._bound:
            library = self._library(signature.library)
            try:
                function = getattr(library, signature.name)
            except AttributeError:
                raise NotLoaded(f"动态库中没有函数 {signature.name}") from None
            if self._names[signature.library].startswith(PLAYED):
                function = _prototype(signature)(ctypes.cast(function, ctypes.c_void_p).value)
            else:
                function.restype = RETURNS[signature.returns]
                function.argtypes = [_ctype(one) for one in signature.parameters]
            self._bound[signature.name] = function
        return self._bound[signature.name]

    def _library(self, which: str) -> Any:
        name = self._names[which]
        if not name:
            raise NotLoaded("本终端没有配置读卡动态库" if which == "card" else "本终端没有配置 OneTrans 动态库")
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def _load(self, name: str) -> Any:
        if name.startswith(PLAYED):
            try:
                return importlib.import_module(PLAYER).played(name.removeprefix(PLAYED), self._party)
            except (ImportError, ValueError) as error:
                raise NotLoaded(f"沙箱动态库不能加载：{error}") from None
        try:
            if sys.platform == "win32":
                return ctypes.WinDLL(name)
            return ctypes.CDLL(name)
        except OSError as error:
            raise NotLoaded(f"动态库不能加载：{error}") from None


def _prototype(signature: Signature) -> Any:
    """The same convention for a function that is called back."""
    types = [_ctype(one) for one in signature.parameters]
    if sys.platform == "win32":
        return ctypes.WINFUNCTYPE(RETURNS[signature.returns], *types)
    return ctypes.CFUNCTYPE(RETURNS[signature.returns], *types)


def _ctype(parameter: Parameter) -> Any:
    return ctypes.c_int if parameter.kind in ("length", "number") else ctypes.c_void_p


def _passed(parameter: Parameter, buffers: dict[str, Guarded], arguments: dict[str, Any]) -> int:
    if parameter.kind == "length":
        return buffers[parameter.of].size
    if parameter.kind == "number":
        return int(arguments[parameter.name])
    return buffers[parameter.name].address
