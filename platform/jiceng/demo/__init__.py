"""Demonstration data: three tenants of different kinds with believable people and articles. Never installed in production."""
