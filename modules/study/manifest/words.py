"""Codes that many files of this module need: permissions, and where views are."""

LEARN, TEACH, ASSIGN = "study.learn", "study.teach", "study.assign"
EXAMINE, MARK = "study.examine", "study.mark"
HOURS, REVIEW, VERIFY = "study.hours", "study.review", "study.verify"
BOTH, POST = ("GET", "POST"), ("POST",)
PAGES, CONSOLE, API = "modules.study.pages", "modules.study.console", "modules.study.api"
