"""Forms of pages and console."""
