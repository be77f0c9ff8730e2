"""Fixtures of the tests that start processes of their own."""

from tests.support.probe.fixtures import probe  # noqa: F401
