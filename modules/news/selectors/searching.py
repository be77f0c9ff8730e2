"""Finding articles by what they say (docs/adr/0017-search-by-pairs-of-characters.md)."""

from __future__ import annotations

from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, ExpressionWrapper, F, Func, Q, QuerySet, Value

from jiceng.kernel.bigrams import pairs_of

from ..models import Article

MAX_WORDS = 10


class _Query(Func):
    """A ``tsquery`` given as text that is already one: no parser takes it apart again."""

    template = "%(expressions)s::tsquery"
    output_field = SearchQuery("").output_field


class _Matches(Func):
    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = BooleanField()


def matching(found: QuerySet[Article], words: str) -> QuerySet[Article]:
    """Narrow to articles that say every one of ``words`` (blank-separated; at most 10) in title, summary or text.

    A single character is looked for in titles and summaries only.
    """
    for word in words.split()[:MAX_WORDS]:
        pairs = pairs_of(word)
        if pairs:
            query = " & ".join(f"'{_quoted(pair)}'" for pair in pairs)
            found = found.filter(ExpressionWrapper(_Matches(F("search_terms"), _Query(Value(query))), BooleanField()))
        if len(word) != 2 or not pairs:  # two characters are one pair: the index alone is exact
            found = found.filter(Q(title__icontains=word) | Q(summary__icontains=word) | _in_body(word, bool(pairs)))
    return found


def _in_body(word: str, has_pairs: bool) -> Q:
    return Q(body__icontains=word) if has_pairs else Q()


def _quoted(pair: str) -> str:
    return pair.replace("\\", "\\\\").replace("'", "''")
