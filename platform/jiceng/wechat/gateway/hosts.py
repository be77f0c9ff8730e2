"""The way out: one session of connections for each process, to WeChat's hosts and nowhere else.

With a simulator configured every call goes there, the host as first part of the path. Without one, calls leave only where
``WECHAT_LIVE`` says so.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter

from .errors import OutcomeUnknown, Unreachable

API, WECOM_API = "https://api.weixin.qq.com", "https://qyapi.weixin.qq.com"
OPEN, WECOM_OPEN, MP = "https://open.weixin.qq.com", "https://open.work.weixin.qq.com", "https://mp.weixin.qq.com"
HOSTS = frozenset(urlsplit(url).hostname for url in (API, WECOM_API, OPEN, WECOM_OPEN, MP))
CONNECTIONS = 50
logger = logging.getLogger("jiceng.wechat")


class OwnWayOut(HTTPAdapter):
    """Refuses other hosts, and turns calls to the simulator."""

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = outward(request.url)
        return super().send(request, *args, **kwargs)


def outward(url: str) -> str:
    """Where a call to ``url`` goes. Raises ``Unreachable`` for other hosts, and where no calls may leave."""
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.hostname not in HOSTS or parts.port or parts.username:
        raise Unreachable(f"{parts.hostname} is none of WeChat's hosts")
    if settings.WECHAT_SIMULATOR:
        return f"{settings.WECHAT_SIMULATOR.rstrip('/')}/{url.removeprefix('https://')}"
    if not settings.WECHAT_LIVE:
        raise Unreachable("calls to WeChat are switched off here")
    return url


def page(url: str) -> str:
    """A page of WeChat's for a person's browser: the simulator's where there is one."""
    if not settings.WECHAT_SIMULATOR:
        return url
    return f"{settings.WECHAT_SIMULATOR.rstrip('/')}/{url.removeprefix('https://').partition('#')[0]}"


@lru_cache(maxsize=1)
def session() -> requests.Session:
    made = requests.Session()
    made.trust_env = False  # no proxy from the environment: it would see tokens
    made.mount("http://", OwnWayOut())
    made.mount("https://", OwnWayOut(pool_connections=len(HOSTS), pool_maxsize=CONNECTIONS, max_retries=0))
    return made


def send(method: str, url: str, **parameters: Any) -> requests.Response:
    """Send a request as ``requests`` does. Raises ``Unreachable``, ``OutcomeUnknown``; neither repeats the address."""
    try:
        return session().request(method, url, timeout=settings.WECHAT_TIMEOUTS, allow_redirects=False, **parameters)
    except (requests.ConnectTimeout, requests.exceptions.SSLError) as error:
        raise Unreachable(type(error).__name__) from None
    except requests.ConnectionError as error:
        if "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error):
            raise Unreachable(type(error).__name__) from None
        raise OutcomeUnknown(type(error).__name__) from None
    except requests.RequestException as error:
        raise OutcomeUnknown(type(error).__name__) from None
