"""bin/manage national_transactions: all numbers of the national interface, and when an institution last called each."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.models import Institution
from portal.gateway.national import current_edition
from portal.gateway.national.catalogue import Called, Entry, calls_in, entries
from portal.gateway.national.editions import Edition, base


class Command(BaseCommand):
    help = "国家医保接口的全部交易：编号、优先级、调用方式、字段表、性质、最近调用"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--institution", help="机构编号：同时列出该机构当前运行环境的最近调用和接口版本")

    def handle(self, *args: Any, **options: Any) -> None:
        edition, called = base(), dict[str, Called]()
        if code := options["institution"]:
            edition, called = _of(code)
        listed = entries(edition, called)
        for one in listed:
            self.stdout.write(_line(one))
        kinds = [one.known for one in listed]
        self.stdout.write(
            f"共 {len(listed)} 个交易（{edition.title}）：有字段表 {kinds.count('table') + kinds.count('clearing')}，"
            f"扩展其他交易 {kinds.count('extends')}，本省字段表 {kinds.count('own')}，缺字段表 {kinds.count('missing')}"
        )


def _of(code: str) -> tuple[Edition, dict[str, Called]]:
    institution = Institution.objects.filter(code=code).first()
    if institution is None:
        raise CommandError(f"没有编号为 {code} 的机构")
    with tenant_tx(institution.pk):
        return current_edition(institution.environment), calls_in(institution.environment)


def _line(one: Entry) -> str:
    last = "—"
    if one.called:
        last = f"{timezone.localtime(one.called.last):%Y-%m-%d %H:%M:%S}（{one.called.count} 次）"
    priority = str(one.priority or "—")
    return "  ".join(
        [
            one.number.ljust(6),
            priority,
            one.call_label.ljust(6, "　"),
            one.known_label.ljust(8, "　"),
            one.effect_label.ljust(7, "　"),
            last.ljust(26),
            one.name,
        ]
    )
