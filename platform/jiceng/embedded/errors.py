"""What can go wrong while finding, starting or stopping a server."""

from __future__ import annotations


class EmbeddedError(Exception):
    """Base; the message is a complete sentence for the person at the terminal."""


class ServerNotFound(EmbeddedError):
    """No rung of the ladder holds."""


class ServerFailed(EmbeddedError):
    """A server was found and did not start."""
