"""Codes that many files of this module need: permissions, and where views are."""

READ, WRITE, PUBLISH, REVIEW = "news.read", "news.write", "news.publish", "news.review"
COLUMNS, MODERATE, SHARE, SHARED = "news.columns", "news.moderate", "news.share", "news.shared"
CONTRIBUTE, CIRCULATE, ASSESS = "news.contribute", "news.circulate", "news.assess"
BOTH, POST = ("GET", "POST"), ("POST",)
PAGES, CONSOLE, API = "modules.news.pages", "modules.news.console", "modules.news.api"
