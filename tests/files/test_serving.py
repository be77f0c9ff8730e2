"""Stored files: where they lie, who gets them and how, and when they go."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from jiceng.access.actor import Actor
from jiceng.events.models import OutboxMessage
from jiceng.files import errors, quota, services
from jiceng.files.models import StoredFile
from jiceng.kernel.clock import now
from tenants import modules
from tenants.context import platform_scope, tenant_scope
from tests.files import samples


@pytest.fixture
def stored(hongqi, member):
    """``stored()``: a picture that 红旗社区's member has uploaded."""

    def make(name="图.jpg", content=None, store=services.store_image):
        with tenant_scope(hongqi):
            return store(upload=samples.upload(name, content or samples.picture()), actor=Actor.for_user(member))

    return make


def blobs(tenant):
    root = Path(settings.MEDIA_ROOT) / str(tenant.id)
    return {str(path.relative_to(settings.MEDIA_ROOT)) for path in root.rglob("*") if path.is_file()}


def test_files_lie_under_the_tenants_id_and_no_name_that_people_typed(stored, hongqi):
    before = blobs(hongqi)
    file = stored(name="../../党员名单.jpg")
    made = blobs(hongqi) - before
    assert made == {f"{hongqi.id}/{file.pk.hex[-2:]}/{file.pk}-{variant}" for variant in ("original", "cover", "thumb")}
    assert hongqi.schema_name not in "".join(made) and file.original_name == "党员名单.jpg"


def test_a_picture_is_shown_with_every_guard(stored, client_for, member, hongqi):
    file = stored()
    response = client_for(hongqi).login_as(member).get(file.url("cover"))
    assert response.status_code == 200
    assert b"".join(response.streaming_content).startswith(b"\xff\xd8\xff")
    assert {name: response.headers[name] for name in (
        "Content-Type", "X-Content-Type-Options", "Content-Security-Policy", "Cache-Control", "Cross-Origin-Resource-Policy"
    )} == {
        "Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, max-age=300",
        "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip
    assert "attachment" not in response.headers.get("Content-Disposition", "")


def test_a_document_is_only_downloaded(stored, client_for, member, hongqi):
    file = stored("清单.pdf", samples.pdf(), services.store_attachment)
    response = client_for(hongqi).login_as(member).get(file.url())
    assert response.headers["Content-Disposition"] == "attachment; filename*=utf-8''%E6%B8%85%E5%8D%95.pdf"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert b"".join(response.streaming_content) == samples.pdf()


def test_unchanged_pictures_are_not_sent_again(stored, client_for, member, hongqi):
    file = stored()
    client = client_for(hongqi).login_as(member)
    tag = client.get(file.url("cover")).headers["ETag"]
    again = client.get(file.url("cover"), headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_waiting_file_is_its_uploaders_alone(stored, client_for, people, hongqi):
    file = stored()
    for who, status in (("member", 200), ("secretary", 404), ("editor", 404), ("stranger", 404)):
        client = client_for(hongqi).login_as(getattr(people(hongqi), who))
        assert client.get(file.url()).status_code == status
    assert client_for(hongqi).get(file.url()).status_code == 404


def test_another_tenants_host_knows_nothing_of_it(stored, client_for, people, dongfeng, hongqi):
    file = stored()
    client = client_for(dongfeng).login_as(people(dongfeng).secretary)
    assert client.get(file.url()).status_code == 404
    with tenant_scope(dongfeng):
        copied = StoredFile.objects.create(
            id=file.pk, kind="attachment", original_name="x.pdf", content_type="application/pdf", size_bytes=1, sha256="0" * 64,
            storage_key=file.storage_key, variants=file.variants, created_by=f"user:{people(dongfeng).secretary.pk}",
            created_at=now(), unattached_at=now(),
        )  # fmt: skip
    # Even a row that points at the other tenant's blob opens nothing.
    assert client.get(copied.url()).status_code == 404


@pytest.mark.parametrize("path", [
    "{id}/../original", "{id}/..%2foriginal", "{id}/nothing", "{id}/ORIGINAL", "{id}/original%00", "{id}/", "{id}",
    "%2e%2e/%2e%2e/etc/passwd", "../settings.py", "{other}/original", "x/original",
])  # fmt: skip
def test_guesses_and_traversals_find_nothing(path, stored, client_for, member, hongqi):
    file = stored()
    client = client_for(hongqi).login_as(member)
    assert client.get("/files/" + path.format(id=file.pk, other=uuid.uuid4())).status_code == 404


@pytest.mark.parametrize("header", ["X-Accel-Redirect", "X-Sendfile", "Range", "X-Original-URL"])
def test_headers_open_no_other_door(header, client_for, hongqi, stored):
    file = stored()
    assert client_for(hongqi).get("/files/x", headers={header: f"/{file.storage_key}-original"}).status_code == 404
    assert client_for(hongqi).get(file.url(), headers={header: "bytes=0-1"}).status_code == 404


def test_a_missing_blob_is_a_missing_file(stored, client_for, member, hongqi):
    file = stored()
    (Path(settings.MEDIA_ROOT) / f"{file.storage_key}-cover").unlink()
    assert client_for(hongqi).login_as(member).get(file.url("cover")).status_code == 404


def test_methods_that_write_are_refused(stored, client_for, member, hongqi):
    file = stored()
    client = client_for(hongqi).login_as(member)
    assert [client.post(file.url()).status_code, client.delete(file.url()).status_code] == [405, 405]


# --- Services ---------------------------------------------------------------------------------------------------------
def test_the_same_picture_twice_is_two_files(stored):
    one, two = stored(), stored()
    assert one.sha256 == two.sha256 and one.storage_key != two.storage_key


def test_a_full_house_takes_nothing_more(stored, monkeypatch, hongqi):
    before = blobs(hongqi)
    monkeypatch.setattr(quota, "quota_bytes", lambda: 10)
    with pytest.raises(errors.QuotaExceeded):
        stored()
    with tenant_scope(hongqi):
        assert not StoredFile.objects.exists()
    assert blobs(hongqi) == before


def test_all_or_none_of_the_files_are_attached(stored, hongqi, member, secretary):
    mine = stored()
    with tenant_scope(hongqi):
        theirs = services.store_image(
            upload=samples.upload("b.jpg", samples.picture()), actor=Actor.for_user(secretary)
        )
        with pytest.raises(errors.FileNotYours):
            services.attach(file_ids=[mine.pk, theirs.pk], owner="news.article:1", actor=Actor.for_user(member))
        assert not StoredFile.objects.exclude(owner="").exists()
        services.attach(file_ids=[mine.pk], owner="news.article:1", actor=Actor.for_user(member))
        with pytest.raises(errors.FileNotYours):
            services.attach(file_ids=[mine.pk], owner="news.article:2", actor=Actor.for_user(member))


def test_files_that_nobody_owns_go_within_a_day(stored, hongqi, member, django_capture_on_commit_callbacks):
    left, kept = stored(), stored()
    with tenant_scope(hongqi):
        services.attach(file_ids=[kept.pk], owner="news.article:1", actor=Actor.for_user(member))
        planned = OutboxMessage.objects.get(name="files.remove_orphans")
        due = planned.deliveries.get().due_at if hasattr(planned, "deliveries") else None
        assert due is None or timedelta(0) < due - left.created_at <= timedelta(hours=24)
        assert services.remove_orphans(at=left.created_at + timedelta(hours=1)) == 0
        with django_capture_on_commit_callbacks(execute=True):
            assert services.remove_orphans(at=left.created_at + timedelta(hours=24)) == 1
        assert list(StoredFile.objects.values_list("pk", flat=True)) == [kept.pk]
    names = "".join(blobs(hongqi))
    assert str(left.pk) not in names and str(kept.pk) in names


def test_blobs_of_aborted_uploads_are_swept_up(stored, hongqi, dongfeng, django_capture_on_commit_callbacks):
    kept = stored()
    stray = Path(settings.MEDIA_ROOT) / str(hongqi.id) / "ab" / f"{uuid.uuid4()}-original"
    foreign = Path(settings.MEDIA_ROOT) / str(dongfeng.id) / "ab" / f"{uuid.uuid4()}-original"
    for path in (stray, foreign):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    with tenant_scope(hongqi), django_capture_on_commit_callbacks(execute=True):
        StoredFile.objects.update(owner="news.article:1", unattached_at=None)
        services.remove_orphans(at=now() + timedelta(days=2))
    assert (stray.exists(), foreign.exists()) == (False, True)
    assert any(str(kept.pk) in name for name in blobs(hongqi))


@pytest.mark.parametrize(("megabytes", "said"), [(11, "不能超过 10 MB"), (62, "文件太大"), (65, "文件太大")])
def test_a_file_beyond_every_limit_is_cut_off(megabytes, said, client_for, people, hongqi):
    with platform_scope():
        modules.set_module(tenant_id=hongqi.id, code="news", is_on=True, actor=Actor.system())
    client = client_for(hongqi).login_as(people(hongqi).editor)
    huge = samples.upload("a.png", b"\x89PNG" + b"x" * (megabytes * 1024 * 1024))
    refused = client.post("/console/news/images/", {"image": huge}, headers={"HX-Request": "true"})
    assert (refused.status_code, said in refused.content.decode()) == (413, True)
    with tenant_scope(hongqi):
        assert not StoredFile.objects.exists()


def test_the_plan_says_how_much_may_be_stored(in_hongqi):
    assert quota.quota_bytes() == 5 * 1024**3
