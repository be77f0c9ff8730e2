"""Settings of the REST API and its OpenAPI documents."""

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {}
SPECTACULAR_SETTINGS: dict[str, Any] = {}
