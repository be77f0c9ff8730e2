"""People and things for tests, made through the same services that the product uses."""

from .people import PASSWORD, People, make_api_key, make_operator, make_people, make_user, switch_module

__all__ = ["PASSWORD", "People", "make_api_key", "make_operator", "make_people", "make_user", "switch_module"]
