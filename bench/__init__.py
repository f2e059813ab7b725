"""How fast, measured against what: `bin/bench [case …]` (design 6). Each module with a `CASE` is one case."""
