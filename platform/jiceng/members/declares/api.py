"""The registry for other systems: /api/v1/people, units, memberships, posts and imports."""

from jiceng.kernel.manifest import ApiRoute, Part

from .roster import MANAGE, READ, READ_SENSITIVE

PACKAGE = "jiceng.api.people"

PART = Part(
    api=(
        ApiRoute("people", f"{PACKAGE}.people.PersonViewSet", READ, MANAGE, {"reveal": READ_SENSITIVE}),
        ApiRoute("people/imports", f"{PACKAGE}.imports.ImportViewSet", MANAGE, MANAGE),
        ApiRoute("people/imports/rows", f"{PACKAGE}.imports.ImportRowViewSet", MANAGE, MANAGE),
        ApiRoute("memberships", f"{PACKAGE}.people.MembershipViewSet", READ, MANAGE),
        ApiRoute("units", f"{PACKAGE}.units.UnitViewSet", READ, MANAGE),
        ApiRoute("units/periods", f"{PACKAGE}.units.UnitPeriodViewSet", READ, MANAGE),
        ApiRoute("posts", f"{PACKAGE}.units.PostViewSet", READ, MANAGE),
        ApiRoute("tags", f"{PACKAGE}.tags.TagViewSet", READ, MANAGE),
    ),
)
