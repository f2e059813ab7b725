from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.audit.checkpoints import mark_of, write_checkpoint
from portal.vault.keys import NoKey


class Command(BaseCommand):
    help = "把每条日志链现在的末尾签名写入检查点文件（数据库之外）"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            path = write_checkpoint()
        except (NoKey, OSError) as error:
            raise CommandError(f"检查点没有写成：{error}") from error
        self.stdout.write(f"已写入 {path}，短摘要 {mark_of(path)}")
