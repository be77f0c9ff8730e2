"""A part of the platform that exists only in tests: tasks and listeners whose effects can be counted."""
