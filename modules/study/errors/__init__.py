"""Refusals of this module. Codes are stable; sentences are for people."""

from .courses import CourseInvalid, CourseMissing, NotOnRoster

__all__ = ["CourseInvalid", "CourseMissing", "NotOnRoster"]
