"""Admissions and fee lines for tests: invented people, nothing sent anywhere."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from injury.models import Admission, AdmissionState, Flow

IDENTITY = "990000199001011234"


def days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days)


def make_admission(number: str = "ZY0001", **fields: Any) -> Admission:
    """An old injury's inpatient stay since twenty days; inside the door."""
    defaults: dict[str, Any] = {
        "environment": "test",
        "flow": Flow.OLD,
        "state": AdmissionState.ADMITTED,
        "visit_kind": "21",
        "treatment": "7",
        "identity": IDENTITY,
        "identity_masked": "9900**********1234",
        "name": "钱样例",
        "name_masked": "钱**",
        "injury_no": "RD2024001",
        "treatment_no": "JX2024001",
        "admitted_on": days_ago(20),
        "diseases": "S82.1",
        "department": "骨科",
        "doctor": "孙样例",
    }
    return Admission.objects.create(number=number, **{**defaults, **fields})


def a_line(line_id: str = "F0001", **fields: Any) -> dict[str, Any]:
    """A treatment of 2 × 12.50 that nobody mapped."""
    return {
        "line_id": line_id,
        "prescription": "CF0001",
        "prescribed_on": str(days_ago(5)),
        "days": 1,
        "own_code": "ZL0001",
        "own_name": "换药",
        "kind": "1",
        "price": "12.50",
        "quantity": "2",
        "amount": "25.00",
        "advice_no": "999",
        **fields,
    }


def a_drug(line_id: str = "F0002", **fields: Any) -> dict[str, Any]:
    drug = {
        "own_code": "YP0001",
        "own_name": "样例胶囊",
        "kind": "0",
        "specification": "0.3g×24粒",
        "dosage_form": "胶囊剂",
        "trace_codes": "83480110000000000001,83480110000000000002",
    }
    return a_line(line_id, **{**drug, **fields})


def a_refund(line_id: str = "R0001", quantity: str = "-1", amount: str = "-12.50", **fields: Any) -> dict[str, Any]:
    return a_line(line_id, quantity=quantity, amount=amount, **fields)


def an_advice(number: str = "YZ0001", **fields: Any) -> dict[str, Any]:
    return {
        "number": number,
        "started_on": str(days_ago(6)),
        "text": "换药 每日一次",
        "doctor": "孙样例",
        "nurse": "李样例",
        "kind": "1",
        **fields,
    }
