"""In production: https only, host-bound cookies."""

from .base import *  # noqa: F403

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None  # noqa: F405
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_NAME = "__Host-jc_session"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-jc_csrf"
CSRF_COOKIE_SECURE = True
WECHAT_LIVE = True

if len(SECRET_KEY) < 40 or len(MASTER_KEY) < 40:  # noqa: F405
    raise RuntimeError("SECRET_KEY and MASTER_KEY must have at least 40 random characters.")
if WECHAT_SIMULATOR:  # noqa: F405
    raise RuntimeError("WECHAT_SIMULATOR_URL is for demonstrations: in production calls go to WeChat itself.")
