"""The portal's settings, and the tests' own app."""

from portal.settings import *  # noqa: F403
from portal.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS[:-1], "tests.worker_app", INSTALLED_APPS[-1]]
