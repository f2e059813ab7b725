"""Settings of the portal; everything that differs by site comes from the environment (see docs/design-notes.md)."""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE = env.str("PORTAL_MODE", default="production")
PRODUCTION = MODE == "production"
DEBUG = False
VAR = Path(env.str("PORTAL_VAR", default=str(BASE_DIR / "var")))


def secret_file(name: str) -> Path:
    path = env.str(name, default="")
    return Path(path) if path else VAR / "secrets" / name.removeprefix("PORTAL_").removesuffix("_FILE").lower()


SECRET_KEY = secret_file("PORTAL_SECRET_KEY_FILE").read_text().strip()
MASTER_KEY_FILE = secret_file("PORTAL_MASTER_KEY_FILE")
SPOOL_DIR = Path(env.str("PORTAL_SPOOL_DIR", default=str(VAR / "spool")))
CHECKPOINT_DIR = Path(env.str("PORTAL_CHECKPOINT_DIR", default=str(VAR / "checkpoints")))
SANDBOX_URL = env.str("SANDBOX_URL", default="")
#: The demonstration's desk bridge, with the sandbox's library in it; not used in production.
BRIDGE_URL = env.str("BRIDGE_URL", default="")

ALLOWED_HOSTS = env.list("PORTAL_ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("PORTAL_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "portal.web.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_filters",
    "django_q",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "rest_framework",
    "rest_framework_api_key",
    "drf_spectacular",
    "csp",
    "portal.access",
    "portal.audit",
    "portal.vault",
    "portal.jobs",
    "portal.gateway",
    "portal.gateway.channels",
    "portal.gateway.environments",
    "portal.api",
    "portal.ledger",
    "portal.hooks",
    "portal.web",
    "clearing",
    "injury",
    "settlement",
    "reconciliation",
    "portal",  # last: loads every declaration once all of the above are ready
]
#: The businesses, by name only: the ground floor imports none of them (design 1.2).
BUSINESSES = ["clearing", "injury", "settlement", "reconciliation"]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.access.middleware.request_identity",
    "portal.api.middleware.problems_only",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "portal.access.middleware.idle_sign_out",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.web.context.frame",
            ],
            "builtins": ["portal.web.templatetags.stamped"],
        },
    },
]

# --- database: the processes own nothing; only migrations run as the owner (design 4.1)
DATABASE_URL = env.str("DATABASE_URL", default="")
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", default="")
AS_OWNER = env.bool("PORTAL_AS_OWNER", default=False)
#: The role that post_migrate grants to; see portal.access.walls.
DATABASE_APP_ROLE = urlsplit(DATABASE_URL).username or "yibao_app"
DATABASES: dict[str, Any] = {
    "default": {
        **env.db_url_config(DATABASE_OWNER_URL if AS_OWNER else DATABASE_URL),
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "DISABLE_SERVER_SIDE_CURSORS": env.bool("PORTAL_PGBOUNCER", default=False),
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- sign-in (design 4.3)
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "portal.access.passwords.LengthAndClasses"},
    {"NAME": "portal.access.passwords.NeverTheManualsPassword"},
    {"NAME": "portal.access.passwords.NotRecentlyUsed"},
    {"NAME": "portal.access.passwords.NotTheUserName"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "access:sign-in"
LOGIN_REDIRECT_URL = "web:dashboard"
IDLE_SECONDS = 300
IDLE_WARNING_SECONDS = 240
PASSWORD_DAYS = 90
ONE_TIME_PASSWORD_HOURS = 24
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the lock page names a time: trying again does not move it
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "portal.access.views.locked_out"
AXES_IPWARE_PROXY_COUNT = env.int("PORTAL_PROXIES", default=0)

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.int("PORTAL_PROXIES", default=0) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "portal.web.errors.csrf_failed"

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i:s"
FORMAT_MODULE_PATH = "portal.web.formats"

# --- static files: ours, and the packages of package-lock.json
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS: list[Any] = [
    ("bootstrap", BASE_DIR / "node_modules/bootstrap/dist"),
    ("echarts", BASE_DIR / "node_modules/echarts/dist"),
]
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "files"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- work injury: what one message of fee items holds at most (spec 4.10 names no limit)
INJURY_UPLOAD_LINES = min(env.int("PORTAL_INJURY_UPLOAD_LINES", default=1_000), 1_000)  # more is refused by 4.10's list
INJURY_UPLOAD_BYTES = env.int("PORTAL_INJURY_UPLOAD_BYTES", default=1_000_000)

# --- background work (design 3.3); checked at start by portal.checks
# A window that is open at a desk keeps a worker until the patient has paid: one for each such desk, and two more.
WORKERS = env.int("PORTAL_WORKERS", default=4)
Q_CLUSTER: dict[str, Any] = {
    "name": "portal",
    "workers": WORKERS,
    "queue_limit": WORKERS,
    "bulk": 1,
    "timeout": 600,
    "retry": 2700,
    "max_attempts": 1,
    "ack_failures": True,
    "catch_up": False,
    "save_limit": 100,
    "poll": 0.2,
    "orm": "default",
    "label": "后台队列",
}

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["portal.api.authentication.KeyOrSession"],
    "DEFAULT_PERMISSION_CLASSES": ["portal.api.declared.Declared"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "portal.api.problems.handle",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "医保结算门户",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "portal.api.words.describe"],
    # Several tables have a column `state`; the schema gives each list of values a name of its own.
    "ENUM_NAME_OVERRIDES": {
        "AcceptanceRunState": "settlement.models.acceptance.RunState",
        "FeeLineKind": [("0", "药品"), ("1", "诊疗"), ("9", "耗材")],  # ALC404
        "AcceptanceCaseState": "settlement.models.acceptance.CaseState",
        "JobState": "portal.jobs.models.JobState",
        "DeliveryState": "portal.hooks.models.DeliveryState",
        "OperationState": "portal.gateway.journal.states.State",
        "ClearingRowState": "clearing.models.row.RowState",
        "GenerationState": "clearing.models.generation.GenerationState",
        "ApplicationState": "clearing.models.application.ApplicationState",
        "RefundKind": "clearing.models.refund.RefundKind",
        "MonthKind": "clearing.models.month.MonthKind",
        "PaperState": "clearing.models.printed.PaperState",
        "EnquiryState": "injury.models.enquiry.EnquiryState",
        "EpochState": "injury.models.upload.EpochState",
        "VisitKind": "settlement.models.visit.VisitKind",
        "VisitState": "settlement.models.visit.VisitState",
        "ChargedLineState": "settlement.models.line.LineState",
        "SettlementState": "settlement.models.settlement.SettlementState",
        "FilingKind": "settlement.models.filing.FilingKind",
        "FilingState": "settlement.models.filing.FilingState",
        "RecordState": "settlement.models.upload.UploadState",
        "RecordSource": "settlement.models.upload.Source",
        "FeeSource": "injury.models.fee.Source",
        "AttemptOutcome": "portal.gateway.journal.states.Outcome",
        "RecordRunState": "settlement.models.upload.UploadRunState",
        "ReconciliationRunKind": "reconciliation.models.run.RunKind",
        "ReconciliationRunState": "reconciliation.models.run.RunState",
        "ReconciliationTotalState": "reconciliation.models.total.TotalState",
        "ReconciliationFilePurpose": "reconciliation.models.raw_file.Purpose",
        "ReconciliationDifferenceKind": "reconciliation.models.difference.DifferenceKind",
        "ReconciliationDifferenceState": "reconciliation.models.difference.DifferenceState",
        "ReconciliationOutcome": "reconciliation.models.difference.Outcome",
        "IdentificationState": "settlement.models.identity.IdentificationState",
        "FlowEnum": "injury.models.admission.Flow",
        "ReadingWay": "settlement.models.cards.ReadingWay",
        "RechargeRefundFlow": "settlement.models.cashier.RefundFlow",
        "EntrySource": "portal.ledger.facts.Source",
        "EntryStanding": "portal.ledger.facts.Standing",
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []

if "pytest" in sys.modules and PRODUCTION:
    raise RuntimeError("tests never run with production settings")
os.environ.setdefault("TZ", TIME_ZONE)

from portal.logs import LOGGING  # noqa: E402, F401
