"""Migrations of users, sessions, roles and keys."""
