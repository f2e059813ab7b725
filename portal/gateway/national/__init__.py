"""The national interface as every business sees it: its transactions, made from the tables of the specification.

Envelope and conventions: Guangdong access guide, supplement tables 2 to 4; the wire is `portal.gateway.wire.national`.
`transaction("2207A")` is the Request class of a number, `compose` a checked request of it from plain values; replies
are lenient and have the table's names as attributes (`reply.setlinfo.medfee_sumamt`). A province's variant is an
Edition; `current_edition()` is the one that the open institution uses.
"""

from portal.gateway.national.classes import current_edition
from portal.gateway.national.composing import compose, transaction
from portal.gateway.national.gateway import NATIONAL, Received

__all__ = ["NATIONAL", "Received", "compose", "current_edition", "transaction"]
