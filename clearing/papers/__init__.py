"""The papers of the yearly clearing (manual ch. 9): gathered inside the institution's door, written outside of it.

paper = gather("disbursement", scope, by=by)   # rows, sums, who prints: everything that is read
content = write(paper, "pdf")                  # no database, seconds for a long one
recorded(paper, "pdf", by=by)                  # inside the door again
"""

from clearing.papers.disbursement import disbursement_rows
from clearing.papers.gathering import count_of, gather, gather_chosen, gather_for
from clearing.papers.kinds import KINDS, PaperKind
from clearing.papers.making import AT_ONCE, PAPER, made_paper, start_paper
from clearing.papers.paper import Paper
from clearing.papers.writing import TYPES, file_name, make, recorded, write

__all__ = [
    "AT_ONCE",
    "KINDS",
    "PAPER",
    "TYPES",
    "Paper",
    "PaperKind",
    "count_of",
    "disbursement_rows",
    "file_name",
    "gather",
    "gather_chosen",
    "gather_for",
    "made_paper",
    "make",
    "recorded",
    "start_paper",
    "write",
]
