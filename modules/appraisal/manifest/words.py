"""Codes that many files of this module need: permissions, and where views are."""

SCORE, MANAGE = "appraisal.score", "appraisal.manage"
SURVEY, POINTS, ANSWERS = "appraisal.survey", "appraisal.points", "appraisal.answers"
MODERATE, FOLLOW = "appraisal.moderate", "appraisal.follow"
BOTH, POST = ("GET", "POST"), ("POST",)
PAGES, CONSOLE, API = "modules.appraisal.pages", "modules.appraisal.console", "modules.appraisal.api"
