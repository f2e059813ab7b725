"""Catalogues come version by version over the wire, are kept for the region, and are found by any part of a name."""

import re
import zipfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.gateway.archives import BadArchive
from portal.gateway.channels.services import install_channel
from portal.jobs.models import Job, JobState
from portal.jobs.running import Running
from portal.jobs.tasks import run_job
from settlement.models import Catalogue, CatalogueArrival, CatalogueEdition, CatalogueEntry, CatalogueRefresh, OwnItem
from settlement.rules.catalogue import Reader, WrongLine, differences, grams, told, wanted_grams
from settlement.services.catalogue import ask_download, find_items, reading, save_refresh
from settlement.services.catalogue.downloading import begin
from settlement.services.catalogue.searching import current, matching
from settlement.services.catalogue.store import keep_catalogue, take
from settlement.services.refusals import Refused
from settlement.tasks import refresh_catalogues
from tests.settlement.settling_desk import CHANNEL


@pytest.fixture
def desk(transactional_db, alice_member, bob_member, national_counterpart, settings, tmp_path):
    """Institution A at a centre whose catalogues have 60 rows in three versions."""
    settings.VAR, settings.SPOOL_DIR = tmp_path, tmp_path / "spool"
    party = national_counterpart("CATALOG", options={"catalogue_rows": 60, "catalogue_versions": 3})
    settings.SANDBOX_URL = party.sandbox.url
    with tenant_tx(alice_member.institution_id):
        install_channel("national", "test", {name: getattr(party.settings, name) for name in CHANNEL})
    return SimpleNamespace(by=alice_member, party=party, door=lambda: tenant_tx(alice_member.institution_id))


def fetch(desk, *numbers, by=None):
    member = by or desk.by
    with tenant_tx(member.institution_id):
        job = ask_download(list(numbers), by=member)
    run_job(member.institution_id, str(job.pk))
    with tenant_tx(member.institution_id):
        return Job.objects.get(pk=job.pk)


def test_every_version_is_kept_and_told_apart(desk, charlie_member, tmp_path):
    job = fetch(desk, "1301", "1307")
    assert (job.state, job.done) == (JobState.DONE, 2), job.error
    with desk.door():
        drugs = Catalogue.objects.get(number="1301")
        assert (drugs.version, drugs.edition, drugs.holder) == ("V0003", 3, None)
        first, second, third = CatalogueEdition.objects.filter(catalogue=drugs).order_by("edition")
        assert (first.arrived, first.added, first.changed, first.ended) == (54, 54, 0, 0)
        assert second.added
        assert second.changed
        assert second.ended
        # An older version is there as it was: what the newer one replaced, and nothing of what it brought.
        before, after = current([drugs], 1), current([drugs])
        assert before.count() == 54
        assert after.count() == 54 + second.added + third.added
        replaced = before.filter(replaced_in=2, is_valid=True)[0]
        newer = CatalogueEntry.objects.get(catalogue=drugs, key=replaced.key, since=2)
        assert ("备注", "", "第2版") in differences("1301", replaced.line, newer.line)
        assert drugs.rows == after.filter(is_valid=True).count()
        assert CatalogueArrival.objects.count() == 0
        assert ("med_list_codg", "医疗目录编码", newer.code) in told("1301", newer.line)
    assert not list(tmp_path.rglob("*.zip"))
    # Asked again, nothing comes; a version more brings itself only.
    assert "已是最新" in fetch(desk, "1301").note
    desk.party.sandbox.act("national", "publish", party=desk.party.app_code, infno="1301")
    assert "V0004" in fetch(desk, "1301").note
    # Another institution of the region reads the same store.
    with tenant_tx(charlie_member.institution_id):
        install_channel("national", "test", {name: getattr(desk.party.settings, name) for name in CHANNEL})
        assert find_items("X00000001", on=timezone.localdate(), environment="test")


def test_it_is_found_by_code_any_part_of_the_name_and_initials(desk):
    fetch(desk, "1301", "1305")
    today = timezone.localdate()
    with desk.door():
        one = CatalogueEntry.objects.filter(replaced_in=None, is_valid=True, code__startswith="X")[0]
        OwnItem.objects.create(
            environment="test", own_code="A1", own_name="甲", item_code=one.code, price=Decimal("12.5")
        )
        for words in (one.code, one.name[1:4], one.name[:2], one.initials[:3], f"{one.name[:2]} {one.initials[:2]}"):
            found = find_items(words, on=today, environment="test", limit=500)
            mine = [each for each in found if each.code == one.code]
            assert mine, words
            assert (mine[0].grade, mine[0].own_code, mine[0].price) == (one.grade, "A1", OwnItem.objects.get().price)
        assert find_items("没有这样的药", on=today, environment="test") == []
        ended = CatalogueEntry.objects.filter(replaced_in=None, is_valid=False)[0]
        assert ended.code not in {each.code for each in find_items(ended.code, on=today, environment="test")}
        assert find_items(one.code, on=today, environment="production") == []


def test_catalogues_without_a_file_come_page_by_page(desk):
    job = fetch(desk, "1304", "1312")
    assert job.state == JobState.DONE, job.error
    with desk.door():
        rows = {one.number: one.rows for one in Catalogue.objects.all()}
        assert rows["1304"] == 60
        assert rows["1312"] > 200  # three pages at least
        assert CatalogueEdition.objects.count() == 2
    fetch(desk, "1304")
    with desk.door():
        assert CatalogueEdition.objects.count() == 2, "what did not change is no version"


def test_a_killed_worker_goes_on_with_the_version_that_is_missing(desk, monkeypatch):
    real, seen = Running.progress, []

    def killed(self, done, total=None, note=""):
        real(self, done, total, note)
        seen.append("已读取" in note)
        if sum(seen) == 2:
            raise SystemExit  # in the middle of the second version

    monkeypatch.setattr(Running, "progress", killed)
    with desk.door():
        job = begin("test", ["1301"], by=desk.by)
    with pytest.raises(SystemExit):
        run_job(desk.by.institution_id, str(job.pk))
    monkeypatch.setattr(Running, "progress", real)
    with desk.door():
        assert Catalogue.objects.get(number="1301").edition == 1
        assert CatalogueArrival.objects.exists()
        assert not CatalogueEntry.objects.filter(since=2).exists(), "half a version is no version"
        Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED)
    run_job(desk.by.institution_id, str(job.pk))
    with desk.door():
        assert Catalogue.objects.get(number="1301").version == "V0003"
        arrived = CatalogueEdition.objects.order_by("edition").values_list("arrived", flat=True)
        assert arrived[0] == 54
        assert not CatalogueArrival.objects.exists()


def test_two_do_not_write_one_catalogue(desk):
    with desk.door():
        drugs = keep_catalogue("test", "1302")
        other = Job.objects.create(kind="x", key="x", title="x", state=JobState.RUNNING)
        assert take(drugs, other.pk)
        assert not take(drugs, CatalogueRefresh().pk), "somebody else has it"
    assert "正由其他" in fetch(desk, "1302").note


def test_nothing_is_taken_over_from_a_bad_file(desk, tmp_path):
    def zipped(content, *more):
        path = tmp_path / "x.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.txt", content)
            for name in more:
                archive.writestr(name, "x")
        return path

    def read(path):
        return list(reading.parsed_lines(Reader("1309"), reading.lines_of(path, "1309")))

    good = "\t".join(["M1", *["null"] * 14])
    assert read(zipped(f"\ufeff{good}\r\n\n"))[0][1].key == "M1"
    assert read(zipped(f"{good}\t本省列\n"))[0][2].endswith("本省列")
    with desk.door():
        signs = good.replace("M1", "M\\1").replace("null", '甲\\n"{乙}', 1)
        reading.store(keep_catalogue("test", "1309"), read(zipped(f"{signs}\r\n")))
        kept = CatalogueArrival.objects.get()
        assert (kept.key, kept.line.split("\t")[1]) == ("M\\1", '甲\\n"{乙}')
    for bad, says in (("M1\tx\n", "第 1 行：有 2 列"), (b"\xff\xfe\x00", "UTF-8"), (f"{good}\n\t{good}", "没有主键")):
        with pytest.raises(WrongLine, match=says):
            read(zipped(bad))
    with pytest.raises(BadArchive, match="2 个文件"):
        read(zipped(good, "b.txt"))
    with desk.door(), pytest.raises(Refused, match="1399"):
        ask_download(["1399"], by=desk.by)


def test_two_hundred_thousand_rows_need_no_more_memory_than_ten(tmp_path):
    path, count, size = tmp_path / "big.zip", 200_000, 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("a.txt", "w") as to:
        for start in range(0, count, 20_000):
            row = "\tM1\t肿瘤细胞\tM8000/1\t苓栀细胞\tnull\tXB\t1\tR1\tnull\tnull\tV0001\t首版\n"
            to.write("".join(f"K{n:07d}{row}" for n in range(start, start + 20_000)).encode())
    lines = reading.parsed_lines(Reader("1313"), reading.lines_of(path, "1313"))
    before = peak(reset=True)
    for piece in reading.pieces(lines):
        size += len(reading.copied(1, piece))
    grown = peak() - before
    assert size > 40_000_000
    assert grown < 25, f"{grown} MB more for {count} rows of {size / 1e6:.0f} MB"


def test_a_search_is_looked_up_and_not_read_through(desk, owner_connection):
    fetch(desk, "1301")
    owner_connection.execute("ANALYZE settlement_catalogueentry")
    with desk.door():
        Catalogue.objects.get(number="1301")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        plan = CatalogueEntry.objects.filter(matching("苓枢缓释")).explain()
        assert "entry_by_grams" in plan
        assert "entry_by_code" in plan
        assert "Seq Scan" not in plan


def peak(*, reset: bool = False) -> int:
    """The most memory that this process has had since the last reset, MB."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    return int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0]) // 1024


def test_it_keeps_itself_new_at_night(desk):
    fetch(desk, "1309")
    with desk.door():
        save_refresh(is_on=True, at=timezone.localtime().time().replace(microsecond=0), by=desk.by)
        CatalogueRefresh.objects.update(next_at=timezone.now())
        Catalogue.objects.update(asked_at=timezone.now() - timedelta(days=1))
    refresh_catalogues(desk.by.institution_id)
    with desk.door():
        job = Job.objects.get(state=JobState.QUEUED)
        assert (job.params["numbers"], job.started_by) == (["1309"], None)
        assert CatalogueRefresh.objects.filter(next_at__gt=timezone.now()).exists()
    run_job(desk.by.institution_id, str(job.pk))
    with desk.door():
        assert Job.objects.get(pk=job.pk).state == JobState.DONE
        CatalogueRefresh.objects.update(next_at=timezone.now())
    refresh_catalogues(desk.by.institution_id)
    with desk.door():
        assert not Job.objects.filter(state=JobState.QUEUED).exists(), "somebody has just asked"


def test_what_is_typed_is_looked_up_by_its_own_pieces():
    kept = set(grams("阿莫西林胶囊 Amoxil", "amxljn"))
    for typed in ("阿莫", "西林胶", "amox", "mxl", "囊", "a"):
        assert set(wanted_grams(typed)) <= kept, typed
    assert not set(wanted_grams("头孢")) & kept
