"""Collections for module authors: declare what is shown, accepted and filtered; name one selector and one service each.

::

    class ArticleFilters(Filters):
        status = serializers.ChoiceField(choices=Status.choices, help_text=_("状态"))

    class ArticleViewSet(WriteViewSet[Article]):
        noun = _("文章")
        serializer_class = ArticleSerializer            # what the API answers
        input_class = ArticleInput                      # what it accepts
        filters = ArticleFilters
        orderings = ("-published_at", "created_at")     # the first is the default

        def rows(self) -> QuerySet[Article]:
            return selectors.list_articles(actor=self.actor)

        def create_item(self, data: dict[str, Any]) -> Article:
            return services.create_article(**data, actor=self.actor, at=now())

        def update_item(self, item: Article, data: dict[str, Any]) -> Article:
            return services.update_article(article=item, **data, actor=self.actor)

        @command(_("发布文章"))
        def publish(self, item: Article) -> Article:
            return services.publish_article(article=item, actor=self.actor, at=now())

Mounted from the manifest, never by hand: ``ApiRoute(prefix="articles", viewset="modules.news.api.ArticleViewSet",
read="news.read", write="news.write", actions={"publish": "news.publish"})``. See docs/reference/api-kit.md.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, Generic, TypeVar

from django.db import models
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseNotModified
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from jiceng.kernel.errors import NotFound
from jiceng.kernel.manifest import ApiRoute, Text

from . import etags, pagination, plans, queries
from .permissions import RoutePermission
from .queries import Filters, ListQuery
from .serializers import Serializer as StrictSerializer
from .views import Endpoint

__all__ = ["Filters", "ReadViewSet", "WriteViewSet", "command"]

M = TypeVar("M", bound=models.Model)
Serializer = type[serializers.BaseSerializer[Any]]


class ReadViewSet(ViewSetMixin, Endpoint, Generic[M]):
    """``GET`` of a list and of one item.

    Lists answer ``{"results", "next", "previous"}`` (and ``"count"`` with ``?include=count``) and know ``limit``, ``cursor``,
    ``ordering``, ``fields``, ``updated_since`` and the declared filters; items answer with a strong ``ETag``.
    A list whose serializer has only column fields is read without building model instances.
    """

    permission_classes = (RoutePermission,)
    lookup_field = "pk"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    # Set by mounting from the manifest. Without a route the gate stays shut.
    module: str = ""
    route: ApiRoute | None = None

    # --- To declare ----------------------------------------------------------------------------------------------
    #: what one item is called, for the OpenAPI document
    noun: ClassVar[Text] = ""
    #: a sentence or two on what the collection holds, for the OpenAPI document
    about: ClassVar[Text] = ""
    #: what the API answers; a serializer with a ``Meta.model`` and plain columns makes the fastest lists
    serializer_class: ClassVar[Serializer]
    #: what one item shows where that is more than a list row shows; the same when not given
    detail_serializer_class: ClassVar[Serializer | None] = None
    filters: ClassVar[type[Filters] | None] = None
    #: fields to order by (``-`` for descending); the first is the default. Nulls come last.
    orderings: ClassVar[tuple[str, ...]] = ("-created_at",)
    #: the field behind ``?updated_since=``; ``""`` when the list cannot be asked so
    updated_field: ClassVar[str] = ""

    def rows(self) -> QuerySet[M]:
        """The selector: every item that ``self.actor`` may see. The single door to an object, for lists and items."""
        raise NotImplementedError

    # --- Provided ------------------------------------------------------------------------------------------------
    def list(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        serializer = self.serializer_class
        query = queries.parse_list(
            request.query_params, available=field_names(serializer), orderings=self.orderings, filters=self.filters
        )
        rows = self._filtered(query)
        page = self._page(rows, serializer, query)
        body: dict[str, Any] = {
            "results": page.rows,
            "next": pagination.link(request, page.next),
            "previous": pagination.link(request, page.previous),
        }
        if query.wants_count:
            body["count"] = rows.count()
        return Response(body)

    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        fields = queries.parse_fields(request.query_params, field_names(self.item_serializer()))
        return self.answer(self.find_item(), fields=fields)

    def known_parameters(self) -> tuple[str, ...]:
        if self.action == "retrieve":
            return ("fields",)
        if self.action != "list":
            return ()
        declared = tuple(self.filters._declared_fields) if self.filters else ()
        since = ("updated_since",) if self.updated_field else ()
        return ("limit", "cursor", "ordering", "fields", "include", *since, *declared)

    def item_serializer(self) -> Serializer:
        return self.detail_serializer_class or self.serializer_class

    def find_item(self, *, for_update: bool = False) -> M:
        """The item named in the address, among ``rows``. Raises ``NotFound``. ``for_update`` locks its row."""
        rows = self.rows()
        if for_update:
            rows = rows.select_for_update(of=("self",))
        item = rows.filter(**{self.lookup_field: self.kwargs[self.lookup_url_kwarg]}).first()
        if item is None:
            raise NotFound
        return item

    def represent(self, item: M) -> dict[str, Any]:
        """All fields of one item."""
        return dict(self.item_serializer()(item, context={"request": self.request, "view": self}).data)

    def answer(self, item: M, *, status: int = 200, fields: tuple[str, ...] | None = None) -> HttpResponse:
        """The item with its ETag, or 304 where the client has it already."""
        representation = self.represent(item)
        tag = etags.tag_of(representation, fields)
        if self.request.method in ("GET", "HEAD") and etags.is_fresh(self.request, tag):
            return HttpResponseNotModified(headers={"ETag": tag})
        if fields is not None:
            representation = {name: representation[name] for name in fields}
        return Response(representation, status=status, headers={"ETag": tag})

    def _filtered(self, query: ListQuery) -> QuerySet[M]:
        rows = self.rows()
        if query.filters:
            rows = rows.filter(**query.filters)
        if query.updated_since is not None:
            rows = rows.filter(**{f"{self.updated_field}__gte": query.updated_since})
        return rows

    def _page(self, rows: QuerySet[M], serializer: Serializer, query: ListQuery) -> pagination.Page:
        path = self.request.path
        rows, position = pagination.slice_rows(rows, query, path)
        name = query.ordering.removeprefix("-")
        plan = plans.plan_of(serializer, query.fields)
        if plan is not None:
            found = plans.read(rows, plan, name, "pk")
            edges = [(row[-2], row[-1]) for row in found]
            page = pagination.make_page(found, edges, query, position, path)
            return pagination.Page(plan.represent(page.rows), page.next, page.previous)
        items = list(rows)
        edges = [(getattr(item, name), item.pk) for item in items]
        page = pagination.make_page(items, edges, query, position, path)
        data = serializer(page.rows, many=True, context={"request": self.request, "view": self}).data
        if query.fields is not None:
            data = [{field: row[field] for field in query.fields} for row in data]
        return pagination.Page(data, page.next, page.previous)


class WriteViewSet(ReadViewSet[M]):
    """``ReadViewSet`` and what of ``create_item``, ``update_item``, ``delete_item`` the subclass defines.

    ``POST`` 201 with ``Location``; ``PATCH`` 200; ``DELETE`` 204. ``If-Match`` is honoured (412), demanded with
    ``requires_if_match`` (428). ``Idempotency-Key`` is honoured on ``POST`` and ``PATCH``. ``PUT`` does not exist.
    Each hook calls exactly one service and returns the item; refusals are raised as ``DomainError``.
    """

    #: what create and update accept; for ``PATCH`` every field is optional
    input_class: ClassVar[type[serializers.Serializer[Any]]]
    #: what ``PATCH`` accepts where that differs
    update_input_class: ClassVar[type[serializers.Serializer[Any]] | None] = None
    #: what creating answers where that is more than the item will ever show again, such as a secret
    created_serializer_class: ClassVar[Serializer | None] = None
    requires_if_match: ClassVar[bool] = False
    #: 202 where making the item only begins work that goes on in the background
    created_status: ClassVar[int] = 201

    def create_item(self, data: dict[str, Any]) -> M:
        """Make an item of clean ``data``. Without it the list takes no ``POST``."""
        raise NotImplementedError

    def update_item(self, item: M, data: dict[str, Any]) -> M:
        """Change ``item``; ``data`` holds only what was sent. Without it items take no ``PATCH``."""
        raise NotImplementedError

    def delete_item(self, item: M) -> None:
        """Remove ``item``. Without it items take no ``DELETE``."""
        raise NotImplementedError

    def create(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        item = self.create_item(self.read_input(self.input_class))
        if self.created_serializer_class is not None:
            response: HttpResponse = Response(self.created_serializer_class(item).data, status=self.created_status)
        else:
            response = self.answer(item, status=self.created_status)
        response.headers["Location"] = f"{request.path}/{item.pk}"
        return response

    def partial_update(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        item = self.find_item_to_change()
        return self.answer(self.update_item(item, self.read_input(self.update_input_class or self.input_class, True)))

    def destroy(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        self.delete_item(self.find_item_to_change())
        return Response(status=204)

    def find_item_to_change(self) -> M:
        """``find_item`` locked, after ``If-Match`` was compared. Raises ``PreconditionFailed``/``…Required``."""
        item = self.find_item(for_update=True)
        if self.requires_if_match or etags.has_condition(self.request):
            etags.check_match(self.request, etags.tag_of(self.represent(item)), required=self.requires_if_match)
        return item

    def read_input(self, input_class: type[serializers.Serializer[Any]], partial: bool = False) -> dict[str, Any]:
        """The body as clean data. Raises ``ValidationError`` naming each faulty field."""
        serializer = input_class(
            data=self.request.data, partial=partial, context={"request": self.request, "view": self}
        )
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class NoInput(StrictSerializer):
    """For commands that take nothing: an empty body or ``{}``."""


def command(
    label: Text, *, about: Text = "", input_class: type[serializers.Serializer[Any]] | None = None,
    output_class: Serializer | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., HttpResponse]]:  # fmt: skip
    """Make a method ``POST …/{id}/<name>`` of one item: ``f(self, item)``, or ``f(self, item, data)`` with an input class.

    The method calls one service and returns the item, which is answered with 200; with an ``output_class`` it returns what
    that serializer shows. ``label``: a few words for the OpenAPI
    document; ``about``: more of them. Its permission is the route's ``actions[<name>]``, else ``write``.
    """

    def decorate(method: Callable[..., Any]) -> Callable[..., HttpResponse]:
        @wraps(method)
        def run(self: WriteViewSet[Any], request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            item = self.find_item_to_change()
            data = self.read_input(input_class or NoInput)
            result = method(self, item, data) if input_class else method(self, item)
            return Response(output_class(result).data) if output_class else self.answer(result)

        run.label, run.about, run.input_class = label, about, input_class  # type: ignore[attr-defined]
        run.output_class = output_class  # type: ignore[attr-defined]
        name = method.__name__.removesuffix("_")  # ``return_``: a word that Python keeps for itself
        return action(detail=True, methods=["post"], url_path=name.replace("_", "-"), url_name=name)(run)

    return decorate


def field_names(serializer: Serializer) -> tuple[str, ...]:
    """The names a serializer answers with."""
    if serializer not in _field_names:
        fields = serializer().fields  # type: ignore[attr-defined]
        _field_names[serializer] = tuple(name for name, field in fields.items() if not field.write_only)
    return _field_names[serializer]


_field_names: dict[Serializer, tuple[str, ...]] = {}
