"""The same application as one schema in plain Django: stock backend, no tenants, everything else alike."""

from __future__ import annotations

import os

from jiceng.config.settings import env
from jiceng.config.settings.test import *  # noqa: F403

DATABASES = {
    "default": {
        **env.database(os.environ["BENCH_PLAIN_URL"]),
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
    }
}
DATABASE_ROUTERS: tuple[str, ...] = ()
INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "django_tenants"]  # noqa: F405
MIDDLEWARE = [
    "tests.bench.reference.middleware.OneTenantMiddleware" if name == "tenants.middleware.TenantMiddleware" else name
    for name in MIDDLEWARE  # noqa: F405
]
ROOT_URLCONF = URLCONF_TENANT  # noqa: F405
CACHES = {name: {**cache, "KEY_PREFIX": f"{cache['KEY_PREFIX']}:plain"} for name, cache in CACHES.items()}  # noqa: F405
