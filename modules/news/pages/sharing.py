"""What people outside the organisation see who were given a link: one article, nothing else."""

from __future__ import annotations

import uuid
from typing import TypeVar

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from jiceng.files.views import download
from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from ..selectors import sharing as reads
from ..services.sharing import count_view

Answer = TypeVar("Answer", bound=HttpResponseBase)


def shared_article(request: TenantRequest, token: str) -> HttpResponse:
    """Title, text, pictures and attachments. Search engines are asked to stay away; where readers go on to learns nothing."""
    link = reads.get_shared(token=token, at=clock.now())
    if request.method == "GET":
        count_view(link=link)
    folder = f"{reverse('h5-news-shared', kwargs={'token': token})}files/"
    answer = render(request, "news/h5/voices/shared.html", {
        "article": link.article, "body": reads.body_for_outsiders(link.article, folder=folder), "folder": folder,
        "card": reads.card_of(link.article, folder=folder),
    })  # fmt: skip
    return _quiet(answer)


def shared_file(request: TenantRequest, token: str, file_id: uuid.UUID, variant: str) -> HttpResponseBase:
    """A picture or attachment of the shared article."""
    return _quiet(download(reads.get_shared_file(token=token, file_id=file_id, variant=variant, at=clock.now())))


def _quiet(answer: Answer) -> Answer:
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
