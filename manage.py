#!/usr/bin/env python
"""Django's command line; `bin/manage` runs it inside the prepared environment."""

import os
import sys


def main() -> None:
    if sys.argv[1:2] == ["sandbox"]:
        # The other side of the wire: its own settings and database, also when the portal's process starts it.
        os.environ["DJANGO_SETTINGS_MODULE"] = "portal.gateway.sandbox.settings"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
