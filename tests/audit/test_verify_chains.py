import json

import pytest
from django.core.management import CommandError, call_command

from portal.access.models import Institution
from portal.audit.checkpoints import latest_mark, mark_of, read_checkpoints, write_checkpoint
from portal.audit.verify import Fault, anchors_of, verify_chain

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_files(tmp_path, settings):
    keys = tmp_path / "secrets"
    keys.mkdir()
    (keys / "master_key.json").write_text(json.dumps({"1": "00112233445566778899aabbccddeeff"}))
    settings.MASTER_KEY_FILE = keys / "master_key.json"
    settings.CHECKPOINT_DIR = tmp_path / "checkpoints"


def verify(capsys, *words) -> tuple[int, str]:
    """Exit code and what was printed."""
    capsys.readouterr()
    try:
        call_command("audit_verify", *words)
    except CommandError as error:
        return error.returncode, capsys.readouterr().out + str(error)
    return 0, capsys.readouterr().out


def test_it_finds_nothing_wrong_with_untouched_chains(hospital_a, hospital_b, write, capsys):
    write(hospital_a, 7)
    code, said = verify(capsys)
    assert code == 0
    assert "H14020000001 演示医院甲：7 条，完好" in said
    assert "H14020000002 演示医院乙：0 条，完好" in said
    assert "平台：" in said


@pytest.mark.parametrize(
    ("statement", "fault", "seq", "why"),
    [
        ("UPDATE audit_event SET body = replace(body, '甲', '乙') WHERE seq = 3", "断链", 3, "内容"),
        ("UPDATE audit_event SET at = at - interval '1 day' WHERE seq = 4", "断链", 4, "时间"),
        ("UPDATE audit_event SET hash = prev WHERE seq = 2", "断链", 2, "改动"),
        ("UPDATE audit_event SET prev = hash WHERE seq = 5", "断链", 5, "不衔接"),
        ("DELETE FROM audit_event WHERE seq = 3", "断链", 3, "缺失"),
        ("DELETE FROM audit_event WHERE seq >= 6", "截断", 6, "链尾记到第 7 条"),
        ("DELETE FROM audit_event", "截断", 1, "链尾记到第 7 条"),
        ("UPDATE audit_head SET hash = decode(repeat('11', 32), 'hex')", "链尾不符", 7, "摘要"),
        (
            "UPDATE audit_head SET seq = 6, hash = (SELECT hash FROM audit_event WHERE seq = 6)",
            "链尾不符",
            7,
            "第 6 条",
        ),
        ("DELETE FROM audit_head", "截断", 0, "链尾记录不在了"),
    ],
)
def test_it_names_the_first_bad_record(hospital_a, write, tamper, capsys, statement, fault, seq, why):
    write(hospital_a, 7)
    where = f"{'' if 'WHERE' not in statement else ' AND'} chain = {hospital_a.pk}"
    if "audit_head SET seq" in statement:
        statement = statement.replace("seq = 6)", f"seq = 6 AND chain = {hospital_a.pk}) WHERE chain = {hospital_a.pk}")
    else:
        statement += where if "WHERE" in statement else f" WHERE{where}"
    with tamper() as execute:
        execute(statement)
    code, said = verify(capsys, "--institution", hospital_a.code)
    assert code == 1
    assert fault in said
    assert why in said
    assert (f"第 {seq} 条" if seq else "整条链") in said


def rewrite(execute, institution, old: str, new: str) -> None:
    """A whole chain computed anew, so that it agrees with itself."""
    execute("DELETE FROM audit_event WHERE chain = %s AND seq > 100000", [institution.pk])
    execute(
        """
        DO $$ DECLARE e record; h bytea := decode(repeat('00', 32), 'hex'); s bigint := 0; b text; BEGIN
        FOR e IN SELECT * FROM audit_event WHERE chain = {chain} ORDER BY seq LOOP
          b := replace(e.body, '{old}', '{new}');
          UPDATE audit_event SET body = b, prev = h, hash = public.digest(
            int8send(e.chain) || int8send(e.seq) || h
            || convert_to(to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'UTF8')
            || public.digest(convert_to(b, 'UTF8'), 'sm3'), 'sm3') WHERE id = e.id RETURNING hash INTO h;
          s := e.seq;
        END LOOP;
        UPDATE audit_head SET seq = s, hash = h WHERE chain = {chain}; END $$
        """.replace("{chain}", str(institution.pk))
        .replace("{old}", old)
        .replace("{new}", new)
    )


def test_it_finds_a_chain_rewritten_as_a_whole_by_the_checkpoint(hospital_a, write, tamper, capsys):
    write(hospital_a, 5)
    write_checkpoint()
    write(hospital_a, 3)
    assert verify(capsys)[0] == 0
    with tamper() as execute:
        rewrite(execute, hospital_a, "甲", "乙")
    assert verify_chain(hospital_a.pk).fault is None  # it agrees with itself
    code, said = verify(capsys)
    assert code == 1
    assert "与检查点不符，第 5 条" in said


def test_it_finds_a_chain_cut_short_together_with_its_head_by_the_checkpoint(hospital_a, write, tamper):
    write(hospital_a, 5)
    write_checkpoint()
    with tamper() as execute:
        execute("DELETE FROM audit_event WHERE chain = %s AND seq = 5", [hospital_a.pk])
        execute(
            "UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit_event WHERE chain = %(c)s AND seq = 4)"
            " WHERE chain = %(c)s",
            {"c": hospital_a.pk},
        )
    anchors = anchors_of(read_checkpoints(latest_folder())[0])
    verdict = verify_chain(hospital_a.pk, anchors[hospital_a.pk])
    assert (verdict.fault, verdict.seq) == (Fault.ANCHOR, 5)


def latest_folder():
    from django.conf import settings

    return settings.CHECKPOINT_DIR


def test_it_links_and_signs_checkpoints(hospital_a, write, settings):
    assert latest_mark() == ""
    paths = []
    for _ in range(3):
        write(hospital_a, 2)
        paths.append(write_checkpoint())
    good, wrong = read_checkpoints(settings.CHECKPOINT_DIR)
    assert wrong == []
    assert [checkpoint.heads[hospital_a.pk][0] for checkpoint in good] == [2, 4, 6]
    assert latest_mark() == mark_of(paths[-1])
    assert (settings.MASTER_KEY_FILE.parent / "checkpoint_key.json").stat().st_mode & 0o777 == 0o400
    assert paths[0].stat().st_mode & 0o222 == 0


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda paths: edit(paths[1], '"count": ', '"count": 1'), "签名不对"),
        (lambda paths: paths[1].unlink(), "之前缺少文件"),
        (lambda paths: paths[0].unlink(), "之前缺少文件"),
        (lambda paths: edit(paths[1], "\n", "\n "), "前一个被换过"),
        (lambda paths: edit(paths[2], "{", "[["), "签名不对"),
    ],
)
def test_it_notices_spoilt_checkpoint_files(hospital_a, write, settings, capsys, spoil, says):
    paths = []
    for _ in range(3):
        write(hospital_a, 1)
        paths.append(write_checkpoint())
    spoil(paths)
    code, said = verify(capsys)
    assert code == 1
    assert says in said


def edit(path, old: str, new: str) -> None:
    path.chmod(0o600)
    path.write_text(path.read_text().replace(old, new))


def test_it_refuses_checkpoints_signed_with_another_key(hospital_a, write, settings, capsys):
    write(hospital_a, 1)
    write_checkpoint()
    (settings.MASTER_KEY_FILE.parent / "checkpoint_key.json").unlink()
    assert verify(capsys)[0] == 1
    settings.CHECKPOINT_DIR = settings.CHECKPOINT_DIR.parent / "others"
    write_checkpoint()  # makes a key of its own
    code, said = verify(capsys, "--checkpoints", str(settings.CHECKPOINT_DIR.parent / "checkpoints"))
    assert code == 1
    assert "签名不对" in said


def test_it_writes_nothing(hospital_a, write, owner_sql, capsys):
    write(hospital_a, 3)
    before = owner_sql("SELECT * FROM audit_head ORDER BY chain")
    verify(capsys)
    assert owner_sql("SELECT * FROM audit_head ORDER BY chain") == before


def test_it_says_when_an_institution_is_unknown(capsys):
    assert not Institution.objects.exists()
    code, said = verify(capsys, "--institution", "H00000000000")
    assert code == 1
    assert "没有编号为" in said


def test_it_opens_a_chain_with_each_institution(hospital_a, capsys):
    code, said = verify(capsys)
    assert (code, "演示医院甲：0 条，完好" in said) == (0, True)
