#!/usr/bin/env python
"""Django's command line; `bin/manage` runs it inside the prepared environment."""

import os
import sys


def main() -> None:
    # The sandbox is the other side of the wire: its own settings and its own database.
    module = "portal.gateway.sandbox.settings" if sys.argv[1:2] == ["sandbox"] else "portal.settings"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", module)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
