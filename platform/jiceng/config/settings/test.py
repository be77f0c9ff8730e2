"""For the test suite: fast hashes, no outside world. The database is made by tests/conftest.py."""

import os
from pathlib import Path
from tempfile import gettempdir

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "s" * 40)
os.environ.setdefault("MASTER_KEY", "only-for-tests-" + "m" * 40)
os.environ.setdefault("DATABASE_URL", os.environ.get("DATABASE_OWNER_URL", "postgresql://127.0.0.1/postgres"))

from .base import *  # noqa: F403

# Each run, and each worker of a run, has a database and a login of its own, so that runs can share a server.
_SUFFIX = "_".join(filter(None, (os.environ.get("TEST_DB_SUFFIX", "main"), os.environ.get("PYTEST_XDIST_WORKER"))))
TEST_DATABASE = f"test_jiceng_{_SUFFIX}"
APP_LOGIN = f"jiceng_app_{_SUFFIX}"
CACHE_PREFIX = TEST_DATABASE
for _name, _cache in CACHES.items():  # noqa: F405
    _cache["KEY_PREFIX"] = f"{TEST_DATABASE}:{_name}"
CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{TEST_DATABASE}:celery:"  # noqa: F405
MEDIA_ROOT = Path(gettempdir()) / TEST_DATABASE / "media"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_OFFERED = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
BASE_DOMAIN = "jiceng.test"
PUBLIC_PORT = os.environ.get("LIVE_SERVER_PORT", "")  # not that of a demonstration
PUBLIC_HOSTS = {"jiceng.test", "testserver"}
API_RATE_LIMITS = False
