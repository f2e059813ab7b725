"""Contents that a table alone describes: a legal sample, with the run's own person, visit, numbers and days in it."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from portal.gateway.messages import Request, faults, sample
from settlement.rules.acceptance import Step
from settlement.services.acceptance.stage import Content, Stage

#: Keys that tell one record of the run from another's; shared by what belongs together (3503 and its return).
OWN = ("mdtrt_sn", "fixmedins_bchno", "rtal_docno", "hosp_dept_codg", "fixmedins_hilist_id", "appy_no", "rpotc_no")


def record(step: Step, kind: type[Request[Any]], stage: Stage) -> Content:
    """What the step sends; plain values under the names of the table."""
    if step.number == "9101":
        return {"fsUploadIn": {"in": archive(), "filename": "acceptance.zip", "fixmedins_code": stage.medins_code}}
    if step.number == "9102":
        known = {name: stage.facts.get(f"file:{name}", "") for name in ("file_qury_no", "filename")}
        return {"fsDownloadIn": {**known, "fixmedins_code": "plc"}}
    made: Content = sample(kind).model_dump(by_alias=True, exclude_none=True)
    for own in ("insuplc_admdvs", "dev_safe_info"):
        made.pop(own, None)
    return lawful(kind, _filled(made, wanted(step, stage), stage), made)


def archive() -> str:
    """A small zip file as Base64."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("acceptance.txt", "1\t验收测试\n")
    return base64.b64encode(file.getvalue()).decode()


def wanted(step: Step, stage: Stage) -> dict[str, Any]:
    """Values by item, wherever an item of that name is."""
    person = stage.person
    stay = step.number in ("4401", "4402") and stage.facts.get("mdtrt:inpatient")
    place = "inpatient" if stay else "outpatient"
    found: dict[str, Any] = {name: stage.own("J") for name in OWN}
    found |= {
        name: person[name] for name in ("psn_no", "psn_name", "certno", "gend", "brdy", "insutype") if name in person
    }
    found |= {
        "psn_cert_type": person.get("psn_cert_type", "01"),
        "mdtrt_id": stage.facts.get(f"mdtrt:{place}", ""),
        "setl_id": stage.facts.get("setl:outpatient.settle.1", ""),
        "ipt_otp_no": stage.own("MZ"),
        "insuplc_admdvs": stage.insured_at,
        "fixmedins_code": stage.medins_code,
        "fixmedins_name": stage.medins_name,
        "med_list_codg": stage.given["item_code"],
        "med_type": "11",
        "ver": "0",
        "begntime": stage.at(-30),
        "endtime": stage.at(1),
        "inv_data_type": "3",
        "list_type": "101",
        "cum_ym": f"{stage.day():.7}".replace("-", ""),
        "page_num": 1,
        "page_size": 10,
        "updt_time": stage.day(-30),
        "query_date": stage.day(),
        "rid": "",
    }
    if step.number == "5204":
        found["setl_id"] = ""
    if step.number == "1901":
        found |= {"type": "insutype", "admdvs": stage.region, "valid_flag": "1"}
    return found


def lawful(kind: type[Request[Any]], content: Content, before: Content) -> Content:
    """The content, with the sample's own value wherever ours is none for this table (an item of another kind)."""
    try:
        kind.model_validate(content)
    except ValidationError as error:
        for fault in faults(error, kind):
            _put_back(content, before, fault.path)
    return content


def _put_back(content: Any, before: Any, path: Sequence[Any]) -> None:
    try:
        for one in path[:-1]:
            content, before = content[one], before[one]
        content[path[-1]] = before[path[-1]]
    except (KeyError, IndexError, TypeError):
        return  # not an item of the sample: the call's own check tells


def _filled(content: Any, values: Mapping[str, Any], stage: Stage) -> Any:
    if isinstance(content, dict):
        return {
            name: values[name]
            if name in values and not isinstance(inner, dict | list)
            else _filled(inner, values, stage)
            for name, inner in content.items()
        }
    if isinstance(content, list):
        return [_filled(one, values, stage) for one in content]
    if isinstance(content, str) and content.startswith("1901-01-01"):
        return stage.at()[: len(content)]
    return content
