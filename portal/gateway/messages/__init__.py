"""The message kit: a transaction is declared once, and everything else is derived from that declaration.

A declaration *is* its row in the specification's table; validation, wire form, sample, console form, field
table and masking come from it. See `clearing/messages.py` for the first family.
"""

from portal.gateway.messages.amounts import Exact, Money
from portal.gateway.messages.declaration import Part, Record, Request, item, item_of, wire_form
from portal.gateway.messages.definition import Gateway, Refusal, gateway, gateways, load_refusals
from portal.gateway.messages.faults import SENTENCES, Fault, faults
from portal.gateway.messages.masks import masked, masked_tree, without_identities
from portal.gateway.messages.registry import (
    Heading,
    Source,
    class_in_use,
    edition_in_use,
    headings,
    request_class,
    requests,
    supply,
)
from portal.gateway.messages.samples import NOT_HERE, sample
from portal.gateway.messages.schemas import json_schema
from portal.gateway.messages.subjects import subject_of

__all__ = [
    "NOT_HERE",
    "SENTENCES",
    "Exact",
    "Fault",
    "Gateway",
    "Heading",
    "Money",
    "Part",
    "Record",
    "Refusal",
    "Request",
    "Source",
    "class_in_use",
    "edition_in_use",
    "faults",
    "gateway",
    "gateways",
    "headings",
    "item",
    "item_of",
    "json_schema",
    "load_refusals",
    "masked",
    "masked_tree",
    "request_class",
    "requests",
    "sample",
    "subject_of",
    "supply",
    "wire_form",
    "without_identities",
]
