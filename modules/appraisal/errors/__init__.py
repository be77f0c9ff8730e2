"""Refusals of this module: about scoring, and about what the public says."""
