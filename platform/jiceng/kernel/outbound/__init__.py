"""The one way out to addresses that a tenant's people enter: only to public hosts, at the very address that was checked.

``read_url`` refuses what cannot be a public https address; ``post`` looks the name up, refuses unless every answer is
public, and connects to one of those answers, so that a name that changes its mind between two look-ups gains nothing.
Redirects are not followed. An answer counts only within the deadline and up to its first 64 KiB.
"""

from .errors import Failed, OutboundRefused
from .posting import Answer, post
from .urls import Destination, read_url

__all__ = ["Answer", "Destination", "Failed", "OutboundRefused", "post", "read_url"]
