"""What every endpoint does around its own work: authenticate, limit, permit, check parameters, answer once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.response import Response
from rest_framework.views import APIView

from jiceng.access.actor import Actor

from . import idempotency, limits, queries
from .permissions import MethodPermission


class Endpoint(APIView):
    """Base of all endpoints. Order: credentials, rate limit, permission, parameters, then the handler."""

    #: query parameters the endpoint knows; all others are refused
    parameters: tuple[str, ...] = ()
    #: whether POST and PATCH take an Idempotency-Key (needs a tenant and a known caller)
    is_idempotent = True
    #: whether it takes forms with files besides JSON
    takes_files = False
    metadata_class = None
    _allowance: limits.Allowance | None = None

    @property
    def actor(self) -> Actor:
        """Who calls; pass it to the service."""
        return self.request.actor  # type: ignore[no-any-return,attr-defined]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """DRF's, with the handler run under its Idempotency-Key."""
        self.args, self.kwargs = args, kwargs
        self.request = drf_request = self.initialize_request(request, *args, **kwargs)
        self.headers: dict[str, str] = {}
        try:
            self.initial(drf_request, *args, **kwargs)
            run = partial(self._handler(drf_request), drf_request, *args, **kwargs)
            response = self._run(request, run)
        except Exception as error:  # all of them belong to the exception handler, as in DRF
            response = self.handle_exception(error)
        self.response = self.finalize_response(drf_request, response, *args, **kwargs)
        return self.response

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        self.format_kwarg = None
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        request.version, request.versioning_scheme = None, None
        self.perform_authentication(request)
        self._limit(request)
        self.check_permissions(request)
        queries.refuse_unknown(request.query_params, self.known_parameters())

    def known_parameters(self) -> tuple[str, ...]:
        """The query parameters of the request at hand."""
        return self.parameters

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self._allowance is not None:
            for name, value in self._allowance.headers().items():
                response.headers[name] = value
        if response.status_code == 405:
            response.headers["Allow"] = ", ".join(self.allowed_methods)
        return response

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Names the methods and tells nothing else."""
        return Response(status=204, headers={"Allow": ", ".join(self.allowed_methods)})

    def _limit(self, request: Any) -> None:
        self._allowance, may_pass = limits.take(request._request, request.actor)
        if not may_pass and self._allowance is not None:
            raise limits.refusal(self._allowance)

    def _handler(self, request: Any) -> Callable[..., Any]:
        name = request.method.lower()
        known = name in self.http_method_names
        return getattr(self, name, self.http_method_not_allowed) if known else self.http_method_not_allowed

    def _run(self, request: HttpRequest, run: Callable[[], Any]) -> Any:
        key = idempotency.key_of(request) if self.is_idempotent and not self.actor.is_anonymous else ""
        return idempotency.once(request, self.actor, key, run, has_files=self.takes_files) if key else run()


class SingleView(Endpoint):
    """An endpoint that is no collection. ``permissions``: method -> permission, ``AUTHENTICATED`` or ``ANYONE``."""

    permission_classes = (MethodPermission,)
    permissions: Mapping[str, str] = {}
