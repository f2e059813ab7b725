"""How fast, measured against what: `bin/bench [case …]` (design 6). Each module with a `CASE` is one case."""

import sys
from pathlib import Path

# Cases borrow hands from the tests, which know the files of the commands; pytest gives them the same path.
sys.path.append(str(Path(__file__).resolve().parent.parent / "bin"))
