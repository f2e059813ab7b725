"""`manage.py invariants`: the promises of design 3.1, one line each; exit 1 naming the first that is broken."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.access.models.institution import Environment
from portal.gateway.journal.invariants import TITLES, Truth, check_everything, is_checked
from portal.gateway.messages import gateways
from portal.gateway.sandbox.control import Sandbox, SandboxFault

SHOWN = 5


class Command(BaseCommand):
    help = "核对“不丢失、不重复”的各项承诺；有沙箱时与其 /truth 双向比较 / check the promises of the journal"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-truth", action="store_true", help="不与沙箱比较 / do not ask the sandbox")

    def handle(self, *args: Any, **options: Any) -> None:
        truths = [] if options["no_truth"] else self.truths()
        broken = check_everything(truths)
        for promise, title in TITLES.items():
            found = [one for one in broken if one.promise == promise]
            verdict = "通过" if is_checked(promise) else "没有适用的业务，未检查"
            self.stdout.write(f"{promise} {title}：{f'{len(found)} 处不符' if found else verdict}")
            for one in found[:SHOWN]:
                self.stdout.write(f"   {one.sentence}")
        if broken:
            self.stderr.write(f"违反 {broken[0]}")
            sys.exit(1)

    def truths(self) -> list[Truth]:
        """What the sandbox says about every gateway it plays; empty when there is none."""
        if settings.PRODUCTION or not settings.SANDBOX_URL:
            return []
        sandbox = Sandbox(settings.SANDBOX_URL, os.environ.get("SANDBOX_TOKEN", ""))
        try:
            found = []
            for one in gateways():
                told = sandbox.truth(one.name)
                found.append(Truth(one.name, Environment.TEST.value, tuple(told["effects"]), told["state"]))
        except SandboxFault as fault:
            self.stdout.write(f"没有与接口比较：{fault}")
            return []
        self.stdout.write(f"与沙箱比较：{sum(len(truth.effects) for truth in found)} 个结果")
        return found
