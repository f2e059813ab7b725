import unicodedata
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import autodiscover_modules

from portal.access import actions
from portal.access.door import tenant_tx
from portal.access.models import Institution, Kind, Membership, User
from portal.access.permissions import AUDITOR, CLERK, INSTITUTION_ADMIN, PLATFORM_ADMIN, REVIEWER, Role
from portal.access.seed import registered_seeds
from portal.access.services.members import labels, new_user
from portal.access.services.passwords import give_one_time_password
from portal.audit import record, record_platform

#: Invented: no such institutions or people exist.
INSTITUTIONS = (
    {
        "code": "H14020000001",
        "name": "演示医院甲",
        "level": "三级甲等",
        "inpatient_chronic": True,
        "cross_region": True,
    },
    {"code": "H14020000002", "name": "演示医院乙", "level": "二级甲等", "maternity": True},
)
PEOPLE = (
    ("clerk", "经办", CLERK),
    ("reviewer", "复核", REVIEWER),
    ("auditor", "审计", AUDITOR),
    ("admin", "管理", INSTITUTION_ADMIN),
)
Row = tuple[str, str, str, str]


class Command(BaseCommand):
    help = "Two demonstration institutions with people for every role; prints one-time passwords on the first run only"

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("演示数据不能写入正式环境 (PORTAL_MODE=production)")
        autodiscover_modules("seed")
        seeded = [self.seed(facts, "ab"[index]) for index, facts in enumerate(INSTITUTIONS)]
        rows = [row for _, people in seeded for row in people] + self.platform_admin()
        if rows:
            self.stdout.write(table([("机构", "用户名", "角色", "一次性密码"), *rows]))
            self.stdout.write(f"一次性密码 {settings.ONE_TIME_PASSWORD_HOURS} 小时内有效，只显示这一次；首次登录须修改")
        else:
            self.stdout.write("演示数据已存在，一次性密码不再显示；忘记时由机构管理员生成重置码")
        # After the passwords are printed: whatever else fails, they are not lost.
        for institution, _ in seeded:
            for seed in registered_seeds():
                seed(institution)

    def seed(self, facts: dict[str, Any], suffix: str) -> tuple[Institution, list[Row]]:
        """The institution and whoever was missing in it."""
        defaults = {"kind": Kind.HOSPITAL, "region": "140200", "inpatient_chronic": True, **facts}
        institution, created = Institution.objects.get_or_create(code=facts["code"], defaults=defaults)
        with tenant_tx(institution.pk):
            if created:
                for write in (record, record_platform):
                    write(
                        actions.INSTITUTION_CREATED,
                        institution,
                        by=None,
                        code=institution.code,
                        name=institution.name,
                    )
            rows = [row for name, title, role in PEOPLE for row in person(institution, f"{name}_{suffix}", title, role)]
        return institution, rows

    def platform_admin(self) -> list[Row]:
        if User.objects.filter(is_platform_admin=True).exists():
            return []
        user = new_user("platform", "平台管理员", managed_by=None, platform=True)
        password = give_one_time_password(user)
        record_platform(actions.PLATFORM_ADMIN_MADE, user, by=None, username=user.username)
        return [("平台", user.username, PLATFORM_ADMIN.label, password)]


def person(institution: Institution, username: str, title: str, role: Role) -> list[Row]:
    if User.objects.filter(username=username).exists():
        return []
    user = new_user(username, f"{title}员{institution.name[-1]}", managed_by=institution)
    password = give_one_time_password(user)
    membership = Membership.objects.create(user=user, roles=[role.value])
    record(actions.MEMBER_INVITED, membership, by=None, username=username, roles=labels([role.value]))
    return [(institution.name, username, role.label, password)]


def table(rows: list[Row]) -> str:
    """Columns that line up although a Chinese character takes two places."""
    widths = [max(width(row[i]) for row in rows) for i in range(4)]
    lines = ["  ".join(cell + " " * (widths[i] - width(cell)) for i, cell in enumerate(row)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * one for one in widths), *lines[1:]])


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
