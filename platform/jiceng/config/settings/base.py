"""All settings. ``dev``, ``test`` and ``prod`` only set switches and assert."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

import modules

from . import env

ROOT = Path(__file__).resolve().parents[4]
PACKAGE = Path(__file__).resolve().parents[2]

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
# Root of all derived encryption and signing keys. Losing it makes sealed values unreadable.
MASTER_KEY = env.text("MASTER_KEY")
BASE_DOMAIN = env.text("BASE_DOMAIN", "jiceng.localhost").lower()
PUBLIC_HOSTS = {BASE_DOMAIN, *env.words("PUBLIC_HOSTS", "localhost,127.0.0.1")}
PUBLIC_PORT = env.text("PORT", "")
# Host names are checked against the domain table by tenants.middleware; unknown ones get 404.
ALLOWED_HOSTS = ["*"]
USE_X_FORWARDED_HOST = False
# How many reverse proxies stand before us; the client address is read that many steps from the right.
PROXY_COUNT = env.number("PROXY_COUNT", 0)

# --- Parts -----------------------------------------------------------------------------------------------------------
PLATFORM_MANIFESTS = (
    "jiceng.console", "jiceng.access", "jiceng.members", "jiceng.workflow", "jiceng.notices", "jiceng.points", "jiceng.wechat", "jiceng.webhooks",
    "jiceng.audit", "jiceng.files", "jiceng.events",
)  # fmt: skip
MODULE_APPS = tuple(f"modules.{code}" for code in modules.INSTALLED)
MANIFESTS = (*PLATFORM_MANIFESTS, *MODULE_APPS)

_LIBRARIES = (
    "django_tenants",
    "django.contrib.contenttypes",  # imported by libraries; has no tables here
    "django.contrib.auth",  # password hashing and backends only; has no tables here
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
)
_SHELLS = ("jiceng.shell", "jiceng.api", "jiceng.h5", "jiceng.console", "jiceng.portal", "jiceng.ops")
_EVERYWHERE = ("jiceng.kernel", "jiceng.access", "axes", "jiceng.audit", "jiceng.events")
SHARED_APPS = ("tenants", *_EVERYWHERE)
TENANT_APPS = (
    *_EVERYWHERE,
    "jiceng.members",
    "jiceng.workflow",
    "jiceng.notices",
    "jiceng.points",
    "jiceng.wechat",
    "jiceng.webhooks",
    "jiceng.files",
    "jiceng.api",
    *MODULE_APPS,
)
INSTALLED_APPS = [*dict.fromkeys((*_LIBRARIES, *_SHELLS, *SHARED_APPS, *TENANT_APPS))]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "jiceng.shell.middleware.HealthMiddleware",
    "jiceng.shell.middleware.RequestFactsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "jiceng.shell.middleware.ResponseHeadersMiddleware",
    "jiceng.shell.middleware.ErrorPageMiddleware",
    "tenants.middleware.TenantMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "jiceng.access.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
    "jiceng.shell.middleware.DomainErrorMiddleware",
]
ROOT_URLCONF = "jiceng.config.urls_public"
URLCONF_PUBLIC = "jiceng.config.urls_public"
URLCONF_TENANT = "jiceng.config.urls_tenant"
WSGI_APPLICATION = "jiceng.config.wsgi.application"
APPEND_SLASH = False
# How layers below the shells turn a refusal into a response: f(request, DomainError) -> HttpResponse.
ERROR_RESPONDER = "jiceng.shell.errors.respond"
# What /readyz asks: f() -> names of what is not ready.
READINESS = "tenants.background.health.problems"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "jiceng.shell.context_processors.shell",
            ],
        },
    },
]

# --- Database: one alias, one unprivileged login; the scope decides role and schema ------------------------------------
DATABASES = {
    "default": {
        **env.database(env.text("DATABASE_URL")),
        "ENGINE": "tenants.postgresql",
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": env.number("CONN_MAX_AGE", 300),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
}
DATABASES["default"]["OPTIONS"]["server_side_binding"] = True
APP_LOGIN = DATABASES["default"]["USER"]
DATABASE_OWNER_URL = env.text("DATABASE_OWNER_URL", "")
TENANT_SYNC_ROUTER = "tenants.routers.SchemaRouter"
DATABASE_ROUTERS = (TENANT_SYNC_ROUTER,)
TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
TEST_RUNNER = "django.test.runner.DiscoverRunner"
PLATFORM_ROLE = "jiceng_platform"
TEMPLATE_SCHEMA = "tpl"
# On a sharded cluster the nodes connect to each other as the tenant's role, which then must be able to log in.
TENANT_ROLES_LOGIN = env.flag("TENANT_ROLES_LOGIN", False)
SPARE_SCHEMAS = env.number("SPARE_SCHEMAS", 3)

# --- Cache and sessions: every key carries the scope -------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHE_PREFIX = env.text("CACHE_PREFIX", "jc")
_CACHE = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": REDIS_URL,
    "KEY_PREFIX": CACHE_PREFIX,
    "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
}
CACHES = {
    "default": {**_CACHE, "KEY_FUNCTION": "jiceng.kernel.cache.scoped_key"},
    "landlord": {**_CACHE, "KEY_PREFIX": f"{CACHE_PREFIX}:landlord"},
}
SESSION_ENGINE = "jiceng.access.sessions"
SESSION_COOKIE_NAME = "jc_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_NAME = "jc_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "jiceng.shell.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- People ------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "jiceng.access.backends.PasswordBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/login/"
# Where a tenant's own pages are found from outside: f() -> "https://host".
OWN_ADDRESS = "tenants.addresses.own_address"
# Who keeps doors and proof files at the platform's host (jiceng.kernel.inbound).
INBOUND_DESK = "tenants.inbound"
SIGNUP_APPROVAL = env.text("SIGNUP_APPROVAL", "auto")  # auto | manual
SIGNUPS_PER_HOUR = env.number("SIGNUPS_PER_HOUR", 5)
# How domain proofs are looked up: f(name) -> TXT records.
TXT_RESOLVER = env.text("TXT_RESOLVER", "tenants.domains.resolve_txt")

# Who is told of the events that points rules name: (module, handler). It hears of nothing else.
POINTS_LISTENER = ("points", "jiceng.points.handlers.receive")

# Who is told of the events that other systems may subscribe to: (module, handler), and f(name) -> whether anybody has.
WEBHOOKS_LISTENER = ("webhooks", "jiceng.webhooks.handlers.receive")
WEBHOOKS_WANTED = "jiceng.webhooks.selectors.is_wanted"
# How many receivers one worker process talks to at a time, and how many of those may be ones that have been failing.
WEBHOOKS_THREADS = env.number("WEBHOOKS_THREADS", 16)
WEBHOOKS_TROUBLED_THREADS = env.number("WEBHOOKS_TROUBLED_THREADS", 4)
# What a worker has in hand is sent again, with the same id, when it has not been settled for so long.
WEBHOOKS_LEASE_SECONDS = env.number("WEBHOOKS_LEASE_SECONDS", 60)
# How names that tenants enter are looked up: f(host, port) -> addresses (jiceng.kernel.outbound).
OUTBOUND_RESOLVER = env.text("OUTBOUND_RESOLVER", "jiceng.kernel.outbound.addresses.resolve")
# Only for trying things out on one machine: plain http and any port, at 127.0.0.1 alone.
OUTBOUND_LOOPBACK = env.flag("OUTBOUND_LOOPBACK", False)

# --- E-mail: one server for all tenants; each tenant decides whether its notices go there -------------------------------
EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_PORT = env.number("EMAIL_PORT", 465)
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", True)
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", False)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"noreply@{BASE_DOMAIN}")
EMAIL_OFFERED = bool(EMAIL_HOST)

# The ways out of the inbox (jiceng.notices.channels), in the order in which they are shown.
NOTICE_CHANNELS = ("jiceng.wechat.channel.WeChatChannel", "jiceng.notices.channels.email.EmailChannel")
# Ways to sign in beside the password: f(request, next_url) -> access.signin.Offer | None.
OTHER_SIGN_INS = ("jiceng.wechat.doors.login.offer",)

# --- Language and time ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- Files ---------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(ROOT / ".local" / "static")))
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(ROOT / ".local" / "media")))
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "jiceng.files.uploads.LimitingUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# How many bytes the current tenant may store: f() -> int.
FILE_QUOTA = "tenants.quota.storage_bytes"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# --- Headers -------------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- API, background, logging ----------------------------------------------------------------------------------------------
from .api import API_RATE_LIMITS, REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: E402, F401
from .background import *  # noqa: E402, F403
from .login import *  # noqa: E402, F403
from .logs import LOGGING  # noqa: E402, F401
from .wechat import *  # noqa: E402, F403
