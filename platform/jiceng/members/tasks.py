"""Doors for the background worker."""

from jiceng.kernel import clock

from .services.terms import remind_of_ending_terms


def remind_terms() -> None:
    remind_of_ending_terms(on=clock.today(), at=clock.now())
