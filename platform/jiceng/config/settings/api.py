"""Settings of the REST API and its OpenAPI documents."""

from typing import Any

from . import env

# Off in the test suite, which would otherwise mostly test 429.
API_RATE_LIMITS = env.flag("API_RATE_LIMITS", True)

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ("jiceng.api.authentication.CallerAuthentication",),
    # Views of the kit bring their own gate; any other view is shut.
    "DEFAULT_PERMISSION_CLASSES": ("jiceng.api.permissions.DenyAll",),
    "DEFAULT_PARSER_CLASSES": ("jiceng.api.parsers.StrictJSONParser",),
    "DEFAULT_RENDERER_CLASSES": ("jiceng.api.renderers.CompactJSONRenderer",),
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "jiceng.api.renderers.JSONNegotiation",
    "DEFAULT_SCHEMA_CLASS": "jiceng.api.schema.inspection.KitSchema",
    "DEFAULT_THROTTLE_CLASSES": (),
    "DEFAULT_VERSIONING_CLASS": None,
    "EXCEPTION_HANDLER": "jiceng.api.exceptions.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": ("rest_framework.renderers.JSONRenderer",),
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "OAS_VERSION": "3.1.1",
    "TITLE": "基层云 API",
    "VERSION": "1.0.0",
    "CONTACT": {"name": "基层云"},
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "SCHEMA_PATH_PREFIX_TRIM": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": True,
    "GENERIC_ADDITIONAL_PROPERTIES": None,
    "SORT_OPERATIONS": True,
    "POSTPROCESSING_HOOKS": [],
}
