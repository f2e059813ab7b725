"""Pause of the garbage collector while very many objects are made that all live on."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unlooked() -> Iterator[None]:
    """Nobody looks for garbage meanwhile: with hundred thousands of new objects each look goes through all of them.

    For work of a second that makes no rings of objects. Threads may overlap: the first to leave switches on again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
