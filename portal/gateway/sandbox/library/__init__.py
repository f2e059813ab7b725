"""The desk's libraries as the sandbox plays them, behind the real C signatures: for bridges, not for the portal.

`played` gives functions of this process, `compile_library` a library of its own in C. Both ask a running sandbox what
to say and write it into the caller's buffer without looking at its size, as libraries do: guarding the buffer is the
bridge's part. Standard library only, no settings, no database.
"""

from portal.gateway.sandbox.library.building import compile_library
from portal.gateway.sandbox.library.functions import FUNCTIONS, played

__all__ = ["FUNCTIONS", "compile_library", "played"]
