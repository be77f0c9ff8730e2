"""The registry of organisations and people that every module reads from: units as a tree, people in units."""
