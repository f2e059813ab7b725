#!/usr/bin/env python
"""Django's command line; `bin/manage` runs it inside the prepared environment."""

import gc
import os
import sys


def main() -> None:
    if sys.argv[1:2] == ["sandbox"]:
        # The other side of the wire: its own settings and database, also when the portal's process starts it.
        os.environ["DJANGO_SETTINGS_MODULE"] = "portal.gateway.sandbox.settings"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if sys.argv[1:2] == ["migrate"]:
        # Every step makes most models anew: the garbage is young, and looking through all that is old finds none.
        gc.set_threshold(300_000, 50, 1_000)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
