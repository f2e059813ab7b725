"""The insured of one party, made from its seed: a person of every kind in every twelve."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from portal.gateway.sandbox.models import Party
from settlement.sandbox import names
from settlement.sandbox.models import Filing, Insurance, Insured
from settlement.sandbox.options import Options

#: Kind by serial. employee: 310 with an account · resident: 390 without · civil: 310 with supplement · chronic: 310
#: with approved filings · cross: of another province · suspended · both: 310 and 390 · infant: 390, some months old ·
#: foreign: passport · aided: 390 with medical aid · retired: 310 with a family account · capped: pool nearly used up.
CYCLE = (
    "employee",
    "resident",
    "civil",
    "chronic",
    "cross",
    "suspended",
    "both",
    "infant",
    "foreign",
    "aided",
    "retired",
    "capped",
)
#: What chronic people have filed: code and name of the disease (1309).
CHRONIC = (("M03900", "高血压"), ("M01600", "糖尿病"))
ELSEWHERE = {"51": "440300", "44": "510100"}
EMPLOYERS = ("栖川制造", "霁汀物流", "澄屿软件", "翎溪食品")


def make_people(party: Party, options: Options, on: date, *, first: int = 0, last: int = 0) -> None:
    """Insert the people with serials from `first` to before `last`, which is `options.people` unless given."""
    rows = [_Person(party, options, on, serial) for serial in range(first, last or options.people)]
    Insured.objects.bulk_create([one.insured for one in rows])
    Insurance.objects.bulk_create([insurance for one in rows for insurance in one.insurances])
    Filing.objects.bulk_create([filing for one in rows for filing in one.filings])


class _Person:
    def __init__(self, party: Party, options: Options, on: date, serial: int) -> None:
        self.party, self.on, self.serial = party, on, serial
        self.kind = CYCLE[serial % len(CYCLE)]
        self.random = Random(f"{options.seed}:insured:{serial}")
        self.region = str(party.institution.get("region") or "440100")[:6]
        self.place = ELSEWHERE.get(self.region[:2], "510100") if self.kind == "cross" else self.region
        self.insured = self._insured(options.seed)
        self.insurances = self._insurances()
        self.filings = self._filings()

    def _insured(self, seed: str) -> Insured:
        kind, sex = self.kind, self.random.choice("12")
        born = names.born(self.random, self.on, *((60, 85) if kind == "retired" else (22, 58)))
        if kind == "infant":
            born = self.on - timedelta(days=self.random.randint(20, 300))
        card_no, card_sn = names.card(seed, self.serial)
        is_foreign = kind == "foreign"
        # The party's key is in it, because parties may be given the same seed and numbers are unique everywhere.
        tag = int(hashlib.sha256(f"{seed}:{self.party.pk}".encode()).hexdigest()[:8], 16) % 10**8
        return Insured(
            party=self.party,
            kind=kind,
            psn_no=f"{self.place}{tag:08d}{self.serial:06d}",
            psn_name=f"{'外籍' if is_foreign else ''}{names.name(self.serial)}",
            psn_cert_type="08" if is_foreign else "01",
            certno=names.passport(seed, self.serial) if is_foreign else names.identity(born, self.serial, sex),
            gend=sex,
            brdy=born,
            card_no=card_no,
            card_sn=card_sn,
            tel=f"199{self.serial:08d}",
            identities=self._identities(),
        )

    def _identities(self) -> list[dict[str, str]]:
        if self.kind != "aided":
            return []
        begins = f"{self.on.year}-01-01 00:00:00"
        return [{"psn_idet_type": "2303", "psn_type_lv": "", "memo": "低保救助对象", "begntime": begins, "endtime": ""}]

    def _insurances(self) -> list[Insurance]:
        kind = self.kind
        if kind in ("resident", "infant", "aided"):
            return [self._insurance("390", "1401" if kind == "infant" else "15")]
        account = Decimal(self.random.randint(20_000, 600_000)) / 100
        found = self._insurance("310", "12" if kind == "retired" else "11", balance=account)
        found.cvlserv_flag = "1" if kind == "civil" else "0"
        found.emp_name = f"{EMPLOYERS[self.serial % len(EMPLOYERS)]}有限公司"
        if kind == "suspended":
            found.psn_insu_stas, found.paused = "2", self.on - timedelta(days=40)
        if kind == "retired":
            found.family_balance = Decimal(self.random.randint(10_000, 90_000)) / 100
        if kind == "capped":
            found.pooled_before = Decimal("199500.00")
        return [found, self._insurance("390", "15")] if kind == "both" else [found]

    def _insurance(self, insutype: str, psn_type: str, balance: Decimal = Decimal("0.00")) -> Insurance:
        since = max(self.insured.brdy, self.on - timedelta(days=self.random.randint(400, 6000)))
        return Insurance(
            insured=self.insured,
            insutype=insutype,
            psn_type=psn_type,
            insuplc_admdvs=self.place,
            since=since,
            balance=balance,
        )

    def _filings(self) -> list[Filing]:
        if self.kind != "chronic":
            return []
        return [
            Filing(
                party=self.party,
                insured=self.insured,
                number=f"MB{self.insured.psn_no}{number}",
                kind=Filing.Kind.CHRONIC,
                state=Filing.State.APPROVED,
                insutype="310",
                code=code,
                name=name,
                begins=self.on - timedelta(days=200),
                ends=self.on + timedelta(days=500),
            )
            for number, (code, name) in enumerate(CHRONIC)
        ]
