"""Lists as files."""

from jiceng.shell.tables import csv_answer

__all__ = ["csv_answer"]
