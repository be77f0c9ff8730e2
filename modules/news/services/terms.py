"""What an article is found by: the overlapping pairs of characters of its title, summary and text."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func, Value
from django.db.models.fields import TextField

from jiceng.files import richtext
from jiceng.kernel.bigrams import bigrams

from ..models import Article

# A tsvector holds 1 MB at most; 20,000 pairs are far below it and more than any article has.
MAX_TERMS = 20_000


def search_terms(article: Article) -> Any:
    """The expression to save into ``Article.search_terms``."""
    text = " ".join((article.title, article.summary, richtext.plain_text(article.body)))
    terms = sorted(bigrams(text))[:MAX_TERMS]
    return Func(
        Value(terms, output_field=ArrayField(TextField())),
        function="array_to_tsvector",
        output_field=SearchVectorField(),
    )
