"""On a developer's machine and in the demo: plain http on loopback."""

from . import env
from .base import *  # noqa: F403

DEBUG = env.flag("DEBUG", False)
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = ROOT / ".local" / "mail"  # noqa: F405
EMAIL_OFFERED = True
INSTALLED_APPS += ["jiceng.demo"]  # noqa: F405
WHITENOISE_USE_FINDERS = True
