"""The clearing gateway as the declarations know it: its code lists and its definite refusals."""

from __future__ import annotations

from pathlib import Path

from portal import codes
from portal.gateway.messages import Gateway, load_refusals

CODES = Path(__file__).parent.parent / "codes"
codes.load(CODES)

CLEARING = Gateway("clearing", "医保清算接口", wire="sm-envelope", refusals=load_refusals(CODES / "refusals.json"))

#: The largest page that is asked for, and the most rows that one verification names.
PAGE = 1000

#: Monthly queries name the insurance by the national code (clearing manual 6.1), the rest by aka080.
INSUTYPE_OF = {"001": "310", "002": "390"}
