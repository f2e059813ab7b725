"""bin/manage national_transactions: all numbers of the national interface, and when an institution last called each."""

from typing import Any
from unicodedata import east_asian_width

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
    cells = [(one.number, 6), (str(one.priority or "—"), 2), (one.call_label, 10), (one.known_label, 10)]
    cells += [(one.effect_label, 12), (last, 30)]
    return "  ".join([*(_wide(text, width) for text, width in cells), one.name])


def _wide(text: str, width: int) -> str:
    """Filled up for a terminal, where a Chinese character takes two places."""
    return text + " " * (width - sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text))
