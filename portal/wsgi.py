"""The web process: `gunicorn portal.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application
from gunicorn import util  # type: ignore[import-untyped]

from portal.web.wire_errors import write_problem

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
util.write_error = write_problem
application = get_wsgi_application()
