"""The pages of a PDF as pictures: drawn apart, bounded, and only for those who may open the file."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from jiceng.access.actor import Actor
from jiceng.events.models import OutboxMessage
from jiceng.files import previews, services
from jiceng.files.models import StoredFile
from tenants.context import tenant_scope
from tests.files import samples


def paper(pages: int = 2, size: tuple[int, int] = (300, 420)) -> bytes:
    drawn = [Image.new("RGB", size, (200, 22, 29 + number)) for number in range(pages)]
    written = io.BytesIO()
    drawn[0].save(written, "PDF", save_all=True, append_images=drawn[1:])
    return written.getvalue()


@pytest.fixture
def store(hongqi, people):
    actor = Actor.for_user(people(hongqi).member)

    def make(content: bytes, name: str = "通知.pdf") -> StoredFile:
        with tenant_scope(hongqi):
            return services.store_attachment(upload=samples.upload(name, content), actor=actor)

    return make


def draw(hongqi, file) -> int:
    with tenant_scope(hongqi):
        return previews.draw_pages(file_id=file.pk)


def test_pages_are_drawn_once(store, hongqi, client_for, people):
    file = store(paper(2))
    with tenant_scope(hongqi):
        assert OutboxMessage.objects.filter(name="files.draw_pages").count() == 1
    assert draw(hongqi, file) == 2
    assert draw(hongqi, file) == 0
    with tenant_scope(hongqi):
        file = StoredFile.objects.get(pk=file.pk)
    [first, second] = file.pages
    assert (first[0], first[1]) == (file.url("page-1"), 1000)
    client = client_for(hongqi).login_as(people(hongqi).member)
    answer = client.get(second[0])
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert "attachment" not in answer.get("Content-Disposition", "")
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8\xff")
    assert "attachment" in client.get(file.url())["Content-Disposition"]
    assert client_for(hongqi).login_as(people(hongqi).editor).get(second[0]).status_code == 404


def test_the_first_ten_pages_are_enough(store, hongqi):
    assert draw(hongqi, store(paper(14, (60, 80)))) == 10


HOSTILE = {
    "no pages": samples.pdf(),
    "a page without end": paper(1, (20, 2000)),
    "rubbish in the middle": paper(1)[:400] + b"\xff" * 500 + paper(1)[900:],
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_drawn_has_no_preview(store, hongqi, name):
    file = store(HOSTILE[name])
    assert draw(hongqi, file) in (0, 1)
    with tenant_scope(hongqi):
        assert StoredFile.objects.get(pk=file.pk).url() == file.url()


def test_a_renderer_that_dies_or_lies_harms_nothing(store, hongqi, monkeypatch):
    file = store(paper(1))
    for written in (b"", b"\x00\x00\x00\x09abc", b"\xff\xff\xff\xff" + b"x" * 99, b"\x00\x00\x00\x04<svg"):
        assert previews._split(written) == []
    monkeypatch.setattr(previews, "WAIT_SECONDS", 0.001)
    assert draw(hongqi, file) == 0


def test_other_files_have_no_pages(store, hongqi):
    file = store(samples.picture(), "图.jpg")
    assert draw(hongqi, file) == 0
    assert file.pages == []
