from argparse import ArgumentParser
from typing import Any

import environ
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portal.audit import record_platform
from portal.vault.actions import MASTER_KEY_ADDED
from portal.vault.keys import NoKey, add_version, keyring
from portal.vault.rotation import not_writable, reseal_everything
from portal.vault.seal import BrokenSeal


class Command(BaseCommand):
    help = "以当前版本的主密钥重新加密所有密文；中断后再次运行即继续。旧版主密钥留在文件中，旧备份仍需要它"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--new", action="store_true", help="先向主密钥文件增加一个新版本")

    def handle(self, *args: Any, **options: Any) -> None:
        if not_writable() and settings.DATABASE_OWNER_URL:
            work_as(settings.DATABASE_OWNER_URL)
        refused = not_writable()
        if refused:
            raise CommandError(
                f"当前数据库角色不能修改 {'、'.join(refused)}（只增不改的表），请用 DATABASE_OWNER_URL 给出所有者的连接"
            )
        try:
            if options["new"]:
                version = add_version()
                record_platform(MASTER_KEY_ADDED, by=None, version=version)
                self.stdout.write(f"主密钥文件已增加第 {version} 版；请复制到每台服务器")
            count = reseal_everything(self.stdout.write)
            self.stdout.write(f"共重新加密 {count} 行，全部密文已使用第 {keyring().current} 版主密钥")
        except OSError as error:
            raise CommandError(f"主密钥文件没有写成：{error}") from error
        except (NoKey, BrokenSeal) as error:
            raise CommandError(f"{error}。已完成的部分有效，排除问题后再次运行即可继续") from error


def work_as(url: str) -> None:
    """The rest of this command runs as the owner: some tables may only be added to by the portal itself."""
    connection.close()
    connection.settings_dict.update({**environ.Env.db_url_config(url), "ENGINE": connection.settings_dict["ENGINE"]})
