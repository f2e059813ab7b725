"""A hospital at the sandbox's work-injury gateway: finds people and items, and writes messages as plain dicts, so that
faulty ones can be sent too."""

from __future__ import annotations

import base64
import itertools
import warnings
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from injury.messages import INJURY
from portal.gateway.messages import request_class
from portal.gateway.wire import Exchange
from tests.sandbox_process import Counterpart

NUMBERS = itertools.count(1)
PDF = base64.urlsafe_b64encode(b"%PDF-1.7\n\xfb\xff paper").decode()
Content = dict[str, Any]


def days(number: int = 0) -> str:
    """Today, or so many days from it."""
    return str(datetime.now(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=number))


@dataclass
class Hospital:
    """One party. Every method returns content or what came back; nothing is checked here."""

    party: Counterpart
    taken: set[str] = field(default_factory=set)
    known: dict[str, list[Content]] = field(default_factory=dict)

    def ask(self, code: str, content: Content) -> Exchange[Any]:
        """Send content as it is, whether the declaration allows it or not."""
        declared = request_class(INJURY, code)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return self.party.ask(declared.model_construct(**(dict.fromkeys(declared.model_fields) | content)))

    def code(self, code: str, content: Content) -> str:
        return self.ask(code, content).code

    def act(self, name: str, **asked: Any) -> Content:
        return self.party.sandbox.act("injury", name, party=self.party.app_code, **asked)

    # -- finding --------------------------------------------------------------------------------------------------

    def person(self, fit: str) -> Content:
        """Somebody fit for this who has not been given out yet."""
        if not self.known.get("people"):
            self.known["people"] = self.act("people")["people"]
        found = next(one for one in self.known["people"] if fit in one["fit"] and one["aac001"] not in self.taken)
        self.taken.add(found["aac001"])
        return found

    def item(self, kind: str = "0", *, grade: str = "12", valid: bool = True) -> Content:
        """A catalogue item of the kind; with a price limit for treatments and materials."""
        name = f"items {kind} {valid}"
        if name not in self.known:
            self.known[name] = self.act("catalogue", kind=kind, valid=valid)["items"]
        return next(one for one in self.known[name] if one["aka065"] in grade)

    # -- content --------------------------------------------------------------------------------------------------

    def admission(self, fit: str = "inpatient", **changes: Any) -> Content:
        """4.8 for a fresh person; `changes` of kc21 (None leaves an item out)."""
        person = self.person(fit)
        injury, application = _application(person, fit)
        is_new = fit.startswith("new")
        record = {
            "aab001": injury["aab001"],
            **{name: person[name] for name in ("aac001", "aac002", "aac003", "aac004")},
            "aka130": "11" if fit == "outpatient" else "21",
            "akc191": "4" if fit == "rehabilitation" else "7",
            "akc190": f"ZY{next(NUMBERS):06d}",
            "akc192": days(-5),
            "alc028": "T14.900",
            "alca02": injury["alca02"] or None,
            "aae073": application,
            "alk023": "骨科",
            "akc199": "三病房",
            "alk024": "12",
            "ysbm": "沐医师",
            "sbkid": person["card_no"],
        }
        return {"isnewinjure": "1" if is_new else "0", "kc21": _without_none(record | changes)}

    def cross_admission(self, fit: str = "cross", **changes: Any) -> Content:
        """4.22 likewise."""
        person = self.person(fit)
        record = {
            **{name: person[name] for name in ("aac002", "aac003")},
            "akc190": f"YD{next(NUMBERS):06d}",
            "aka130": "72",
            "aae030": days(-4),
            "akc191": "4" if fit == "cross_rehabilitation" else "7",
            "alc028": "S82.100",
            "alc011": person["filings"][0]["alc011"],
            "akc201": "骨科",
            "akc199": "三病房",
            "akc200": "12",
            "ysbm": "沐医师",
            "sbkid": person["card_no"],
        }
        return {"bs003WS": _without_none(record | changes)}

    def line(self, item: Content | None = None, quantity: int = 2, **changes: Any) -> Content:
        """4.10's fee item for a catalogue item."""
        item = item or self.item()
        price = Decimal(item["price"])
        record = {
            "alc400": "CF1",
            "alc401": days(-3),
            "akc229": "1",
            "alc402": item["code"],
            "alc403": item["name"],
            "alc405": str(price),
            "alc406": str(quantity),
            "alc407": str(price * quantity),
            "zka100": item["spec"] or "规格",
            "akc231": item["name"][:30],
            "akc515": f"OWN{item['code']}"[:30],
            "aae080": "999",
            "vmed": item["version"],
            "akc999": "81000000000000000001",
        }
        return _without_none(record | changes)

    def outside(self, code: str = "SZFYP999", quantity: int = 1, **changes: Any) -> Content:
        """4.10's fee item for something that the catalogue does not have."""
        kind = {"SZFYP999": "0", "SZFZL999": "1", "SZFCL999": "9"}[code]
        record = {
            "alc400": "CF2",
            "alc401": days(-3),
            "akc229": "1",
            "alc402": code,
            "alc403": "院内制剂",
            "aka063": "11" if kind == "0" else "91",
            "aka065": "3",
            "alc404": kind,
            "aka070": "片剂",
            "alc405": "12.5",
            "alc406": str(quantity),
            "alc407": str(Decimal("12.5") * quantity),
            "zka100": "规格",
            "akc231": "院内制剂",
            "akc515": "OWN-OUT",
            "akc999": "81000000000000000002",
            "aae080": "999",
        }
        return _without_none(record | changes)

    def cross_line(self, item: Content | None = None, quantity: int = 2, **changes: Any) -> Content:
        """4.24's fee item."""
        item = item or self.item()
        return _without_none(as_cross(self.line(item, quantity), item["ala012"]) | changes)

    def invoice(self, money: str, **changes: Any) -> Content:
        number = f"FP{next(NUMBERS):08d}"
        return _without_none({"body": PDF, "invoiceType": "pdf", "invoiceNo": number, "invoiceMoney": money} | changes)

    def discharge(self, kc21: Content, **changes: Any) -> Content:
        """4.13 with whole records and no invoice."""
        record = {name: kc21[name] for name in ("akc190", "aac002", "aac003")}
        record |= {"akc194": days(), "akc195": "1", "akc196": "T14.900", "ints": "5"}
        return _without_none(record | notes() | changes)

    def cross_discharge(self, bs003: Content, **changes: Any) -> Content:
        """4.26 likewise."""
        record = {name: bs003[name] for name in ("akc190", "aac002", "aac003")}
        record |= {"aae031": days(), "akc194": "S82.100", "akc195": "胫骨骨折", "akc202": "1", "ints": "4"}
        return _without_none(record | notes("bs") | changes)

    # -- steps ----------------------------------------------------------------------------------------------------

    def admit(self, fit: str = "inpatient", **changes: Any) -> Content:
        """Admit somebody; returns kc21, or bs003WS for another province."""
        is_cross = fit.startswith("cross")
        content = self.cross_admission(fit, **changes) if is_cross else self.admission(fit, **changes)
        self.ask("offsiteRegister" if is_cross else "register", content).require()
        return content["bs003WS" if is_cross else "kc21"]

    def upload(self, stay: Content, *lines: Content, advices: list[Content] | None = None) -> Exchange[Any]:
        content: Content = {"akc190": stay["akc190"]}
        if advices is not None:
            content["advices"] = {"advice": advices}
        if lines:
            is_cross = "alc011" in stay
            content |= {"bs004s": {"bs004": list(lines)}} if is_cross else {"meds": {"med": list(lines)}}
        return self.ask("sendBsMedInfo" if "alc011" in stay else "sendMedInfo", content)

    def approve(self, stay: Content) -> Exchange[Any]:
        rolltype = "1" if "alc011" in stay else "0"
        return self.ask("discharge", {"akc190": stay["akc190"], "aaca07": "JS1", "rolltype": rolltype})

    def sheet(self, stay: Content) -> Any:
        rolltype = "1" if "alc011" in stay else "0"
        return self.ask("getJSSheet", {"akc190": stay["akc190"], "rolltype": rolltype}).require().kc21dto

    def charged(self, fit: str = "inpatient") -> Content:
        """Somebody with two uploaded and approved items."""
        stay = self.admit(fit)
        line = self.cross_line if fit.startswith("cross") else self.line
        self.upload(stay, line(), line(quantity=3)).require()
        self.approve(stay).require()
        return stay

    def discharged(self, fit: str = "inpatient") -> Content:
        stay = self.charged(fit)
        if fit.startswith("cross"):
            self.ask("offsiteLeaveHos", self.cross_discharge(stay)).require()
        else:
            self.ask("leaveHos", self.discharge(stay)).require()
        return stay

    def state(self, stay: Content) -> Content:
        found: Content = self.party.truth()["state"][self.party.app_code]["admissions"][stay["akc190"]]
        return found


def as_cross(line: Content, ala012: str) -> Content:
    """The names of 4.24 for a fee item of 4.10."""
    names = {"alc402": "ala002", "alc403": "ala020", "alc405": "akc225", "alc406": "akc226"}
    renamed = {names.get(name, name): value for name, value in line.items() if name != "alc404"}
    return renamed | {"ala012": ala012}


def advice(number: str = "YZ1", **changes: Any) -> Content:
    record = {"aae080": number, "alk007": days(-4), "alk009": "卧床休息", "alk016": "沐医师", "alk017": "澄护士"}
    return _without_none(record | changes)


def notes(prefix: str = "") -> Content:
    """One whole admission note, discharge note and front page."""
    note = dict.fromkeys(("blz060", "blz061", "blz066", "blz068"), "如实记录") | {"aac004": "1", "aac006": "1980-01-01"}
    left = dict.fromkeys(("blc074", "blc075", "blz070", "blz071", "blz072", "blz073"), "如实记录")
    front = {"aac002": "1", "aac003": "1", "aac004": "1", "akc192": days(-5), "akc194": days()}
    found = {"km02": note, "km03": left, "km05": front}
    return {f"{prefix}{name}s": {f"{prefix}{name}": [row]} for name, row in found.items()}


def _application(person: Content, fit: str) -> tuple[Content, str | None]:
    if fit.startswith("new"):
        return next(one for one in person["injuries"] if not one["alca02"]), None
    way, kinds = ("1" if fit == "outpatient" else "2"), (("3", "8") if fit == "rehabilitation" else ("6", "7"))
    today = days()
    for injury in person["injuries"]:
        for one in injury["treatments"]:
            is_live = one["akc175"] == "1" and one["starts_on"] <= today <= one["ends_on"]
            if is_live and one["jxzl"] == way and one["ale021"] in kinds:
                return injury, one["aae073"]
    raise LookupError(fit)


def _without_none(content: Content) -> Content:
    return {name: value for name, value in content.items() if value is not None}
