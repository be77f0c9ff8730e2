"""The base of forms for what a kind of column has beside title and text."""

from __future__ import annotations

from typing import Any

from django import forms

from ..models import Article


class DetailsForm(forms.Form):
    """Bound with prefix ``details``. ``template``: its own layout, else field after field. ``reach``: who is editing."""

    template = ""

    def __init__(
        self, data: Any = None, files: Any = None, *, article: Article | None = None, actor: Any = None
    ) -> None:
        self.article, self.actor = article, actor
        super().__init__(data, files, prefix="details", initial=self.initial_from(article) if article else None)

    def initial_from(self, article: Article) -> dict[str, Any]:
        """Initial values of an existing article."""
        return {}

    def to_details(self) -> dict[str, Any]:
        """The clean data as ``Kind.clean`` takes it."""
        return dict(self.cleaned_data)
