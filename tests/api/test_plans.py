"""Which serializers can be read as tuples, and that they then say the same as DRF."""

from __future__ import annotations

import pytest
from django.db.models import Count, Value
from rest_framework import serializers as fields

from jiceng.api import plans, serializers
from jiceng.api.renderers import encode
from modules.news.models import Article


def serializer_of(base=serializers.ModelSerializer, names: tuple[str, ...] = (), **declared) -> type:
    meta = type("Meta", (), {"model": Article, "fields": (*names, *declared)})
    return type("OneSerializer", (base,), {**declared, "Meta": meta})


@pytest.fixture
def rows(make_articles, hongqi, in_hongqi):
    make_articles(hongqi, 3, drafts=2)
    return Article.objects.select_related("column").annotate(readers=Count("id"), note=Value("x")).order_by("pk")


COMPILED = {
    "columns": lambda: serializer_of(names=("id", "title", "state", "is_pinned", "version", "published_at", "column")),
    "across a key": lambda: serializer_of(place=fields.CharField(source="column.name")),
    "text of a number": lambda: serializer_of(order=fields.CharField(source="column.order")),
    "text of an id": lambda: serializer_of(key=fields.CharField(source="id")),
    "annotations": lambda: serializer_of(readers=fields.IntegerField(), note=fields.CharField()),
    "null": lambda: serializer_of(cover_id=fields.PrimaryKeyRelatedField(source="cover", read_only=True)),
}


@pytest.mark.parametrize("make", COMPILED.values(), ids=COMPILED.keys())
def test_the_plan_says_what_the_serializer_says(rows, make):
    serializer = make()
    plan = plans.plan_of(serializer, None)
    assert plan is not None
    assert encode(plan.represent(plans.read(rows, plan))) == encode(serializer(rows, many=True).data)


def test_chosen_fields_are_all_that_is_read(rows):
    plan = plans.plan_of(serializer_of(names=("id", "title", "body")), ("title",))
    assert plan is not None
    assert (plan.names, plan.columns) == (("title",), ("title",))


class Upper(fields.CharField):
    def to_representation(self, value):
        return value.upper()


class Shouting(serializers.ModelSerializer):
    def to_representation(self, instance):
        return {"title": "!"}

    class Meta:
        model = Article
        fields = ("title",)


LEFT = {
    "method": lambda: serializer_of(title=fields.SerializerMethodField()),
    "own field class": lambda: serializer_of(title=Upper()),
    "own representation": lambda: Shouting,
    "property": lambda: serializer_of(is_draft=fields.BooleanField()),
    "whole object": lambda: serializer_of(all=fields.CharField(source="*")),
    "time format": lambda: serializer_of(created_at=fields.DateTimeField(format="%Y")),
    "relation as text": lambda: serializer_of(column=fields.CharField()),
    "plain DRF": lambda: serializer_of(base=fields.ModelSerializer, names=("title",)),
    "no model": lambda: type("Loose", (serializers.Serializer,), {"title": fields.CharField()}),
}


@pytest.mark.parametrize("make", LEFT.values(), ids=LEFT.keys())
def test_what_needs_more_than_columns_is_left_to_drf(make):
    assert plans.plan_of(make(), None) is None
