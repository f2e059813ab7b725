"""Settings of the sandbox process: its own database, nothing of the portal's but the declarations."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parents[3]

MODE = env.str("PORTAL_MODE", default="production")
PRODUCTION = MODE == "production"
DEBUG = False
SECRET_KEY = secrets.token_hex(32)  # nothing here is signed by Django, and nothing outlives the process
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]

#: The control doors ask for this word when it is set (`Authorization: Bearer …`).
SANDBOX_TOKEN = env.str("SANDBOX_TOKEN", default="")
#: Modules with the plays of each business; named here as text only.
SANDBOX_PLAYS = [
    "portal.gateway.sandbox.national.plays",
    "clearing.sandbox.plays",
    "injury.sandbox.plays",
    "settlement.sandbox.plays",
    "settlement.sandbox.onetrans.plays",
]

INSTALLED_APPS = ["portal.gateway.sandbox", "clearing.sandbox", "injury.sandbox", "settlement.sandbox"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "portal.gateway.sandbox.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR / "templates"]}]

SANDBOX_DATABASE_URL = env.str("SANDBOX_DATABASE_URL", default="")
SANDBOX_DATABASE_OWNER_URL = env.str("SANDBOX_DATABASE_OWNER_URL", default="")
#: The role that the tables are granted to after a migration.
SANDBOX_ROLE = urlsplit(SANDBOX_DATABASE_URL).username or "yibao_sandbox"
AS_OWNER = env.bool("PORTAL_AS_OWNER", default=False)
DATABASES: dict[str, Any] = {
    "default": {
        **env.db_url_config(SANDBOX_DATABASE_OWNER_URL if AS_OWNER else SANDBOX_DATABASE_URL),
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
os.environ.setdefault("TZ", TIME_ZONE)
