"""Which resource of the API carries a transaction: whoever calls it by number learns where to go."""

from __future__ import annotations

from settlement.rules.questions import NUMBERS

QUERIES = "POST /api/v1/settlement/queries"
#: Beginning of the number → the resource; the longest beginning counts.
OWNERS = {
    "1101": "POST /api/v1/settlement/identifications",
    "2001": "POST /api/v1/settlement/identifications",
    "13": "网页“医保目录”的下载",
    "1901": "网页“国家码表”的下载",
    "2101": "POST /api/v1/settlement/visits/{id}/previews",
    "2102": "POST /api/v1/settlement/settlements/{id}/settlement",
    "2103": "POST /api/v1/settlement/settlements/{id}/cancellations",
    "22": "POST /api/v1/settlement/outpatient-visits 及其收费批次（bills）",
    "23": "POST /api/v1/settlement/stays 及其费用（fees）",
    "24": "POST /api/v1/settlement/stays",
    "25": "POST /api/v1/settlement/filings",
    "2601": "POST /api/v1/settlement/settlements/{id}/reversals",
    "320": "POST /api/v1/reconciliation/runs",
    "326": "POST /api/v1/clearing/cross-region/fetches、confirmations、roll-backs",
    "330": "POST /api/v1/settlement/records/{number}",
    "340": "POST /api/v1/settlement/records/{number}",
    "350": "POST /api/v1/settlement/records/{number}",
    "4": "POST /api/v1/settlement/records/{number}",
    "9001": "门户自动签到（网页“签到和交班”）",
    "9002": "门户自动签退（网页“签到和交班”）",
    "9101": "门户在需要文件的交易中自动上传",
    "9102": "门户在需要文件的交易中自动下载",
    "Z110": "POST /api/v1/settlement/filings",
}


def owner_of(number: str) -> str:
    """The resource that carries this number; empty when none does."""
    if number in NUMBERS:
        return QUERIES
    fitting = [start for start in OWNERS if number.startswith(start)]
    return OWNERS[max(fitting, key=len)] if fitting else ""
