"""Every trick we know through the one door of all uploads: refused by name, quickly, without eating memory."""

from __future__ import annotations

import resource
import time

import pytest

from jiceng.files import errors, filetypes
from jiceng.files.inspection import inspect
from jiceng.files.models import Kind
from jiceng.kernel.errors import DomainError
from tests.files import samples

IMAGE = {"types": filetypes.IMAGE_TYPES, "max_bytes": filetypes.IMAGE_MAX_BYTES}
ANY = {"types": filetypes.ATTACHMENT_TYPES, "max_bytes": filetypes.ATTACHMENT_MAX_BYTES}
GIFAR = samples.picture(fmt="GIF", mode="P") + samples.archive({"x.class": b"\xca\xfe\xba\xbe"})

TRICKS = [
    ("bomb.png", samples.pixel_bomb, errors.ImageTooManyPixels),
    ("big.xlsx", samples.sheet_bomb, errors.ArchiveTooLarge),
    ("corner.xlsx", samples.dimension_bomb, errors.ArchiveTooLarge),
    ("laughs.xlsx", samples.billion_laughs, errors.ArchiveUnsafe),
    ("utf16.xlsx", lambda: samples.workbook("<!DOCTYPE x>".encode("utf-16")), errors.ArchiveUnsafe),
    (
        "macro.xlsx",
        lambda: samples.workbook(xl__vbaProject_bin=b"x", **{"xl__vbaProject.bin": b"x"}),
        errors.MacrosRefused,
    ),
    ("html.jpg", lambda: samples.HTML, errors.ContentMismatch),
    ("page.png", lambda: b"\xef\xbb\xbf \n" + samples.HTML, errors.ContentMismatch),
    ("exe.png", lambda: samples.EXE, errors.ContentMismatch),
    ("pic.svg", lambda: samples.SVG, errors.TypeRefused),
    ("svg.png", lambda: samples.SVG, errors.ContentMismatch),
    ("page.html", lambda: samples.HTML, errors.TypeRefused),
    ("page.txt", lambda: samples.HTML, errors.ContentMismatch),
    ("a.jpg.exe", lambda: samples.EXE, errors.TypeRefused),
    ("noextension", samples.picture, errors.TypeRefused),
    (".jpg", samples.picture, errors.TypeRefused),
    ("slip.zip", lambda: samples.archive({"../../etc/cron.d/x": b"x"}), errors.ArchiveUnsafe),
    ("drive.zip", lambda: samples.archive({"C:\\x.txt": b"x"}), errors.ArchiveUnsafe),
    ("link.zip", samples.link_archive, errors.ArchiveUnsafe),
    ("many.zip", lambda: samples.archive({f"{n}.txt": b"x" for n in range(201)}), errors.ArchiveTooLarge),
    ("zip.docx", lambda: samples.archive({"x.txt": b"x"}), errors.ContentMismatch),
    ("cut.png", lambda: samples.picture(fmt="PNG")[:-40], errors.ImageBroken),
    ("empty.png", lambda: b"", errors.UploadEmpty),
    ("empty.pdf", lambda: b"%PDF-1.4\nnothing", errors.DocumentBroken),
    ("word.doc", lambda: samples.compound("Workbook"), errors.ContentMismatch),
    ("binary.csv", lambda: b"a,b\x00c", errors.ContentMismatch),
]


@pytest.mark.parametrize(("name", "make", "refusal"), TRICKS, ids=[trick[0] for trick in TRICKS])
@pytest.mark.parametrize("rule", [IMAGE, ANY], ids=["image", "attachment"])
def test_tricks_are_refused_by_name(name, make, refusal, rule):
    upload = samples.upload(name, make())
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(refusal if name.rpartition(".")[2] in rule["types"] else errors.TypeRefused) as caught:
        inspect(upload, **rule)
    assert caught.value.code.startswith("files.")
    assert time.monotonic() - began < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_a_file_over_its_limit_is_refused_before_it_is_read():
    with pytest.raises(errors.UploadTooLarge) as caught:
        inspect(samples.upload("a.png", b"x" * 2000), types=filetypes.IMAGE_TYPES, max_bytes=1000)
    assert caught.value.status == 413


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("通知.pdf", samples.pdf(), "application/pdf"),
        ("表.xlsx", samples.workbook(), filetypes.DOCUMENT_TYPES["xlsx"].content_type),
        ("旧.doc", samples.compound("WordDocument"), "application/msword"),
        ("包.zip", samples.archive({"说明.txt": "你好".encode()}), "application/zip"),
        ("名单.csv", "姓名,部门\n𠮷野,登记科\n".encode(), "text/csv"),
        ("旧名单.txt", "姓名，部门".encode("gb18030"), "text/plain"),
    ],
)
def test_honest_documents_pass_unchanged(name, content, content_type):
    passed = inspect(samples.upload(name, content), **ANY)
    assert (passed.name, passed.kind) == (name, Kind.ATTACHMENT)
    assert [(variant.name, variant.content, variant.content_type) for variant in passed.variants] == [
        ("original", content, content_type)
    ]


@pytest.mark.parametrize(("fmt", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("GIF", "a.gif"), ("WEBP", "a.webp")])
def test_pictures_are_drawn_anew_in_three_sizes(fmt, name):
    passed = inspect(samples.upload(name, samples.picture(2000, 1000, fmt)), **IMAGE)
    assert [(variant.name, variant.width, variant.height) for variant in passed.variants] == [
        ("original", 1600, 800), ("cover", 750, 375), ("thumb", 240, 120),
    ]  # fmt: skip
    assert {variant.content_type for variant in passed.variants} <= {"image/jpeg", "image/png"}


def test_a_picture_loses_its_metadata_and_stands_upright():
    passed = inspect(samples.upload("a.jpg", samples.picture_with_exif()), **IMAGE)
    original = passed.variants[0]
    assert (original.width, original.height) == (200, 400)
    assert b"CANARY" not in original.content and b"Exif" not in original.content


def test_a_stowaway_behind_a_picture_does_not_travel_on():
    passed = inspect(samples.upload("a.gif", GIFAR), **IMAGE)
    assert all(b"x.class" not in variant.content and b"PK" not in variant.content[-200:] for variant in passed.variants)


def test_a_transparent_picture_stays_transparent():
    passed = inspect(samples.upload("a.png", samples.picture(fmt="PNG", mode="RGBA")), **IMAGE)
    assert {variant.content_type for variant in passed.variants} == {"image/png"}


@pytest.mark.parametrize(("name", "make", "refusal"), TRICKS, ids=[trick[0] for trick in TRICKS])
def test_on_a_machine_without_libmagic_the_parsers_refuse_alike(name, make, refusal, monkeypatch):
    monkeypatch.setattr("jiceng.files.inspection.sniff", lambda _head: None)
    with pytest.raises(DomainError) as caught:
        inspect(samples.upload(name, make()), **ANY)
    assert caught.value.code.startswith("files.")
