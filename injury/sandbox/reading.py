"""Reading a request with the gateway's own codes: which item is missing, too long or of a wrong form (5.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from injury import messages as m
from injury.messages.gateway import INJURY
from injury.sandbox.centre import no
from injury.sandbox.lines import CROSS, OWN
from portal.gateway.messages import NOT_HERE, Request, faults
from portal.gateway.messages.amounts import exact
from portal.gateway.sandbox.plays import Refuse, reads

INVOICE = ("body", "invoiceType", "invoiceNo", "invoiceMoney", "filetype")


def _advices(*codes: str) -> dict[str, str]:
    names = ("aae080", "alk009", "alk016", "alk017", "alk007")
    return {f"advices.advice.{name}": code for name, code in zip(names, codes, strict=True)}


#: Transaction → path without positions → code when it is missing or empty.
MISSING: dict[str, dict[str, str]] = {
    m.FindInjuries.code: {"aac003": "41001", "aac002": "41002"},
    m.FindTreatments.code: {"alca02": "190001"},
    m.Register.code: {
        "isnewinjure": "51001",
        "kc21": "51002",
        "kc21.aac002": "51003",
        "kc21.aac003": "51004",
        "kc21.aab001": "51005",
        "kc21.aac001": "51006",
        "kc21.aac004": "51007",
        "kc21.aka130": "51008",
        "kc21.akc190": "51009",
        "kc21.akc192": "51010",
        "kc21.alc028": "51011",
        "kc21.akc191": "51019",
        "kc21.alca02": "51012",
        "kc21.aae073": "190002",
    },
    m.UndoRegistration.code: {"akc190": "61002"},
    m.UploadFees.code: {
        "akc190": "81002",
        "meds.med.alc400": "81008",
        "meds.med.alc401": "81009",
        "meds.med.akc229": "81010",
        "meds.med.alc405": "81011",
        "meds.med.alc406": "81012",
        "meds.med.alc407": "81013",
        "meds.med.akc515": "81014",
        "meds.med.aka063": "81024",
        "meds.med.aka065": "81025",
        "meds.med.vmed": "81028",
        **_advices("81015", "81016", "81017", "81018", "81029"),
    },
    m.VoidFees.code: {"akc190": "130002"},
    m.ApproveFees.code: {"akc190": "91001", "aaca07": "91002"},
    m.Discharge.code: {
        "akc190": "110001",
        "aac002": "110002",
        "aac003": "110003",
        "akc194": "110004",
        "akc195": "110005",
        "akc196": "110006",
        "ints": "110007",
        **dict.fromkeys((f"km12s.km12.{name}" for name in INVOICE), "110023"),
    },
    m.UndoDischarge.code: {"akc190": "120001"},
    m.FetchSheet.code: {"akc190": "240001"},
    m.FetchDrugShare.code: {"akc190": "240001"},
    m.FindFilings.code: {"aac002": "300001", "aac003": "300002"},
    m.RegisterCrossProvince.code: {
        "bs003WS": "310001",
        "bs003WS.aac002": "310002",
        "bs003WS.aac003": "310003",
        "bs003WS.aka130": "310004",
        "bs003WS.akc190": "310005",
        "bs003WS.aae030": "310006",
        "bs003WS.akc201": "310011",
        "bs003WS.ysbm": "310013",
        "bs003WS.sbkid": "310015",
        "bs003WS.alc028": "310024",
        "bs003WS.akc200": "310007",
        "bs003WS.akc199": "310009",
    },
    m.UndoCrossProvinceRegistration.code: {"akc190": "320001"},
    m.UploadCrossProvinceFees.code: {
        "akc190": "330002",
        "bs004s.bs004.alc400": "330008",
        "bs004s.bs004.alc401": "330009",
        "bs004s.bs004.ala002": "330010",
        "bs004s.bs004.ala020": "330011",
        "bs004s.bs004.akc229": "330012",
        "bs004s.bs004.akc225": "330013",
        "bs004s.bs004.akc226": "330014",
        "bs004s.bs004.alc407": "330015",
        "bs004s.bs004.akc515": "330016",
        "bs004s.bs004.ala012": "330029",
        "bs004s.bs004.aka063": "330026",
        "bs004s.bs004.aka065": "330027",
        "bs004s.bs004.vmed": "330039",
        **_advices("330017", "330018", "330019", "330020", "330031"),
    },
    m.VoidCrossProvinceFees.code: {"akc190": "340002"},
    m.DischargeCrossProvince.code: {
        "akc190": "350001",
        "aac002": "350002",
        "aac003": "350003",
        "aae031": "350004",
        "akc194": "350005",
        "akc195": "350006",
        "akc202": "350007",
        "ints": "350008",
        **dict.fromkeys((f"bskm12s.bskm12.{name}" for name in INVOICE), "350028"),
    },
    m.UndoCrossProvinceDischarge.code: {"akc190": "360001"},
    m.UploadMaterial.code: {"file": "110023", "invoiceNo": "110023", "invoiceMoney": "110023"},
}
#: The same for a value that is there but too long.
TOO_LONG: dict[str, dict[str, str]] = {
    m.UploadFees.code: {"advices.advice.alk009": "81030"},
    m.UploadCrossProvinceFees.code: {"advices.advice.alk009": "330032"},
    m.RegisterCrossProvince.code: {
        "bs003WS.akc200": "310008",
        "bs003WS.akc199": "310010",
        "bs003WS.akc201": "310012",
        "bs003WS.ysbm": "310014",
        "bs003WS.sbkid": "310016",
    },
}
#: The same for a value of another form, or one that is not on its code list.
WRONG: dict[str, dict[str, str]] = {
    m.Register.code: {"kc21.akc191": "51021"},
    m.UploadFees.code: {
        "meds.med.aka063": "81024",
        "meds.med.aka065": "81025",
        "meds.med.alc404": "81027",
        "meds.med.noinjury": "81031",
        "meds.med.spreason": "81034",
        "meds.med.aae080": "81033",
        "advices.advice.alk007": "81029",
    },
    m.UploadCrossProvinceFees.code: {
        "bs004s.bs004.aka063": "330026",
        "bs004s.bs004.aka065": "330027",
        "bs004s.bs004.ala012": "330029",
        "bs004s.bs004.noinjury": "330033",
        "bs004s.bs004.spreason": "330036",
        "bs004s.bs004.aae080": "330035",
        "advices.advice.alk007": "330031",
    },
    m.Discharge.code: {
        "akc195": "110015",
        "ints": "110018",
        "km12s.km12.invoiceType": "110026",
        "km12s.km12.body": "110024",
    },
    m.DischargeCrossProvince.code: {"akc202": "350016", "ints": "350009", "bskm12s.bskm12.body": "350027"},
    m.UploadMaterial.code: {"invoiceType": "350029"},
}
#: The same for a value that must not stand there because of another.
FORBIDDEN: dict[str, dict[str, str]] = {
    m.UploadFees.code: {"meds.med.spreason": "81035", "meds.med.noinjury": "81038"},
    m.UploadCrossProvinceFees.code: {"bs004s.bs004.spreason": "330037", "bs004s.bs004.noinjury": "330040"},
}
#: The same for values that do not go together: nothing to store, or a grade that what is outside may not have.
TOGETHER: dict[str, dict[str, str]] = {
    m.UploadFees.code: {"meds": "81003", "meds.med.aka065": "81026"},
    m.UploadCrossProvinceFees.code: {"bs004s": "330003", "bs004s.bs004.aka065": "330028"},
}
EMPTY = frozenset({"missing", "string_too_short", "portal.needed_here"})
LONG = frozenset({"string_too_long"})


@reads(INJURY)
def read(declared: type[Request[Any]], content: Mapping[str, Any]) -> Request[Any]:
    """The request; empty items count as missing. Raises Refuse with the first documented code that fits.

    What the specification has no code for is 1004, its own "anything else", with the items named.
    """
    came = _without_empty(content)
    try:
        return declared.model_validate(came)
    except ValidationError as error:
        raise _refusal(declared, came, error) from None


def _refusal(declared: type[Request[Any]], came: Mapping[str, Any], error: ValidationError) -> Refuse:
    found = faults(error, declared)
    for one, fault in zip(error.errors(include_url=False), found, strict=True):
        path = ".".join(step for step in fault.path if isinstance(step, str))
        if code := _amount(came, fault.path) if _is_amount(one["type"], path) else _code(one["type"], declared, path):
            return no(code, fault.where)
    return no("1004", "；".join(str(fault) for fault in found[:10]))


def _code(kind: str, declared: type[Request[Any]], path: str) -> str:
    if kind in EMPTY:
        table = MISSING
    elif kind in LONG:
        table = TOO_LONG
    elif kind == NOT_HERE:
        table = FORBIDDEN
    else:
        table = WRONG
        if kind == "portal.condition" and (code := TOGETHER.get(declared.code, {}).get(path)):
            return code
    return table.get(declared.code, {}).get(path, "")


def _is_amount(kind: str, path: str) -> bool:
    return kind == "portal.condition" and path.endswith("alc407")


def _amount(came: Mapping[str, Any], path: Sequence[str | int]) -> str:
    """A fee item whose quantity and amount do not go together has three codes, by what they are."""
    line: Any = came
    for step in path[:-1]:
        line = line[step]
    own = "alc406" in line
    quantity, amount = exact(line["alc406" if own else "akc226"]), exact(line["alc407"])
    codes = OWN if own else CROSS
    return codes.quantity if quantity == 0 else codes.sign if quantity < 0 < amount else codes.amount


def _without_empty(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_empty(one) for name, one in value.items() if one not in ("", None)}
    if isinstance(value, list):
        return [_without_empty(one) for one in value]
    return value
