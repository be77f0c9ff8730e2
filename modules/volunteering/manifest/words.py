"""Codes that many files of this module need: permissions, and where views are."""

JOIN, ORGANISE, HOURS = "volunteering.join", "volunteering.organise", "volunteering.hours"
HELP, LOOK = "volunteering.help", "volunteering.look"
BOTH, POST = ("GET", "POST"), ("POST",)
PAGES, CONSOLE, API = "modules.volunteering.pages", "modules.volunteering.console", "modules.volunteering.api"
PROJECT, SHIFT, TEAM = "projects/<uuid:project_id>/", "shifts/<uuid:shift_id>/", "teams/<uuid:team_id>/"
CASE = "help/requests/<uuid:request_id>/"
