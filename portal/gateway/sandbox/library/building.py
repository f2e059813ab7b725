"""The same library compiled, where there is a C compiler: for what only real code shows, a write past the buffer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parent / "onetrans.c"
COMPILERS = ("cc", "gcc", "clang")


def compile_library(folder: Path) -> Path | None:
    """Compile `onetrans.c` into the folder; None without a C compiler or on a system without POSIX sockets.

    The library reads ONETRANS_SANDBOX (127.0.0.1:8791) and ONETRANS_PARTY from the environment at every call. Raises
    RuntimeError with the compiler's words when it refuses.
    """
    compiler = next((found for name in COMPILERS if (found := shutil.which(name))), None)
    if compiler is None or os.name != "posix":
        return None
    made = folder / ("libonetrans.dylib" if sys.platform == "darwin" else "libonetrans.so")
    command = [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(made), str(SOURCE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return made
