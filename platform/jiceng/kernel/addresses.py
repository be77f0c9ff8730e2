"""Whole addresses of the tenant's own pages, for what leaves the site: e-mails, messages on other channels."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string


def own_url(path: str) -> str:
    """``path`` ("/news/…") on the primary domain of the tenant in force, with scheme and port."""
    return str(import_string(settings.OWN_ADDRESS)()) + path
