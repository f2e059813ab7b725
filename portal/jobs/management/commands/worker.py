import sys
from argparse import SUPPRESS, ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "后台工作进程：发送接口业务、核实结果、执行后台任务；SIGTERM 停止 / the background worker"

    def add_arguments(self, parser: ArgumentParser) -> None:
        # The supervisor starts this same command for the queue's processes.
        parser.add_argument("--pipe", type=int, default=-1, help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["pipe"] >= 0:
            from portal.jobs import cluster

            cluster.run(options["pipe"])
            return
        from portal.jobs.supervisor import Supervisor

        sys.exit(Supervisor().run())
