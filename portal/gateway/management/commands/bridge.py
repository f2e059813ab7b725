"""`manage.py bridge`: the desk bridge on this machine (docs/desk-bridge.md). It uses no database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.gateway.bridge import starting


class Command(BaseCommand):
    help = starting.TITLE
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        starting.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            starting.start(options)
        except (ValueError, OSError) as fault:
            raise CommandError(str(fault)) from None
