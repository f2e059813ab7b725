from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from portal.access import actions
from portal.access.models import User
from portal.access.services.members import new_user
from portal.access.services.passwords import give_one_time_password
from portal.audit import record_platform


class Command(BaseCommand):
    help = "Create a platform administrator and print the one-time password, once"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--full-name", default="平台管理员")
        parser.add_argument("--if-none", action="store_true", help="do nothing when there is an active one already")

    def handle(self, *args: Any, username: str, full_name: str, if_none: bool, **options: Any) -> None:
        if if_none and User.objects.filter(is_platform_admin=True, is_active=True).exists():
            return
        try:
            user = new_user(username, full_name, managed_by=None, platform=True)
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from None
        password = give_one_time_password(user)
        record_platform(actions.PLATFORM_ADMIN_MADE, user, by=None, username=username)
        self.stdout.write(f"平台管理员 {username} 的一次性密码：{password}")
        self.stdout.write(f"{settings.ONE_TIME_PASSWORD_HOURS} 小时内首次登录并修改；此密码只显示这一次")
