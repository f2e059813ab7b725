"""Which tables hold for a party: the base's, those of its option `edition`, and a sample of a province's own numbers.

The ten numbers without a public table can be played only with a table; `sample_edition.json` brings one for Z1101 and
Z1102, which nobody's province has to be like.
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from portal.gateway.messages import Request, request_class
from portal.gateway.national import NATIONAL
from portal.gateway.national.edition_faults import EditionFaults
from portal.gateway.national.editions import Edition, base, read_edition
from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.plays import declare_options, options_of

SAMPLE = Path(__file__).with_name("sample_edition.json")

declare_options(NATIONAL, ["edition"])


def edition_of(party: Party) -> Edition:
    """The edition that the party was registered with; ValueError with everything that is wrong with it."""
    content = options_of(party, ["edition"]).get("edition")
    if not content:
        return base()
    try:
        return _read(json.dumps(content, sort_keys=True))
    except EditionFaults as faults:
        raise ValueError(f"edition：{faults}") from None


def declared_for(party: Party, infno: str) -> type[Request[Any]]:
    """The transaction as that party's province sends it; LookupError for a number that has no table."""
    edition = edition_of(party)
    if edition.digest and edition.has(infno) and edition.touches(infno):
        return _made(json.dumps(edition.content, sort_keys=True, default=str), infno)
    try:
        return request_class(NATIONAL, infno)
    except LookupError:
        return _made(SAMPLE.read_text(encoding="utf-8"), infno)


@lru_cache(maxsize=16)
def _read(text: str) -> Edition:
    return read_edition(json.loads(text))


@lru_cache(maxsize=200)
def _made(text: str, infno: str) -> type[Request[Any]]:
    edition = _read(text)
    if infno not in edition.own:
        raise LookupError(infno)
    return edition.request(infno)


@cache
def sample() -> Edition:
    """The sample edition."""
    return _read(SAMPLE.read_text(encoding="utf-8"))
