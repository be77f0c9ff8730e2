"""A value that cannot be taken as it stands."""

from __future__ import annotations


class ValueFault(ValueError):
    """``code``: stable. ``message``: a Chinese sentence that says what to do and does not repeat the value."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message
