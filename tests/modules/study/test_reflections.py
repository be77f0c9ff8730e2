"""Reflections: written, compared, reviewed, shared, talked about."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.audit.models import AuditEntry
from jiceng.events.models import OutboxMessage
from jiceng.kernel import module_settings
from jiceng.kernel.clock import now
from jiceng.kernel.errors import Forbidden
from jiceng.notices.models import Notice
from jiceng.workflow.models import Todo
from modules.study import errors
from modules.study.models import Reflection, ReflectionComment, ReflectionLike
from modules.study.selectors import likeness
from modules.study.selectors import reflections as reads
from modules.study.services import reflections as services
from modules.study.services import talking
from tenants.context import tenant_scope

from . import kit

OWN = "".join(
    f"第{n}次支部大会上我记下了{chr(0x4E00 + n * 37)}{chr(0x5100 + n * 53)}两件事，回去就和群众商量着办。"
    for n in range(12)
)
OTHER = "".join(
    f"入户走访到第{n}户，老人说{chr(0x6200 + n * 41)}{chr(0x7000 + n * 29)}最要紧，这句话我一直放在心上。"
    for n in range(12)
)


def write(actor, *, text=OWN, title="学习条例有感", is_final=True, reflection=None, at=None, **fields):
    return services.write_reflection(
        reflection_id=reflection.pk if reflection else None, version=reflection.version if reflection else 0,
        fields={"title": title, "text": text, **fields}, is_final=is_final, actor=actor, at=at or now(),
    )  # fmt: skip


def accept(one, actor, comment=""):
    return services.accept_reflection(reflection_id=one.pk, comment=comment, actor=actor, at=now())


def share(one, actor, is_shared=True):
    return services.share_reflection(reflection_id=one.pk, is_shared=is_shared, actor=actor, at=now())


def settings(**values):
    version = module_settings.latest_version("study")
    module_settings.write("study", values, expected_version=version.version if version else 0, changed_by="x")


@pytest.fixture
def member(hongqi, actors, learner):
    return actors.member


@pytest.fixture
def neighbour(hongqi, branch):
    with tenant_scope(hongqi):
        return kit.actor_of(kit.make_person("成员乙", branch, login="chengyuanyi"))


@pytest.fixture
def shared_one(hongqi, member):
    with tenant_scope(hongqi):
        return share(accept(write(member), kit.SYSTEM), member)


class TestLikeness:
    def test_blanks_marks_and_width_make_no_difference(self):
        assert likeness.fingerprints_of("ＡＢＣ，支部 大会\n每季度召开一次。") == likeness.fingerprints_of(
            "abc支部大会每季度召开一次"
        )
        assert likeness.fingerprints_of("太短了") == [] == likeness.fingerprints_of("")

    def test_a_long_passage_in_common_is_always_found(self):
        passage = "党的一切工作到支部这是基本道理"
        first = likeness.fingerprints_of(OWN + passage)
        assert set(first) & set(likeness.fingerprints_of(OTHER + passage + "结尾"))
        assert not set(likeness.fingerprints_of(OWN)) & set(likeness.fingerprints_of(OTHER))

    def test_passages_in_ones_own_spelling(self):
        words = "党的一切工作，到支部；这是基本道理"
        assert likeness.passages(f"开头{words}。结尾", "他写道党的一切工作到支部这是基本道理吧") == [words]
        assert likeness.passages(OWN, OTHER) == []

    def test_twenty_thousand_characters(self):
        text = "".join(chr(0x4E00 + n % 20000) for n in range(20_000))
        assert 5_000 < len(likeness.fingerprints_of(text)) < 20_000


class TestWriting:
    def test_a_draft_is_the_authors_alone(self, hongqi, member, neighbour):
        with tenant_scope(hongqi):
            one = write(member, text="草稿", is_final=False)
            assert (one.state, one.version, one.submitted_at) == ("draft", 1, None)
            with pytest.raises(errors.ReflectionMissing):
                reads.get_own(reflection_id=one.pk, actor=neighbour)
            with pytest.raises(errors.ReflectionMissing):
                write(neighbour, reflection=one)
            assert list(reads.queue(kit.SYSTEM)) == [] and not Todo.objects.filter(kind="study.reflection").exists()

    def test_handed_in_it_waits_for_a_reviewer(self, hongqi, member, learner):
        with tenant_scope(hongqi):
            one = write(member)
            assert (one.state, one.similar_percent, one.is_flagged, one.unit_id) == (
                "submitted",
                0,
                False,
                learner.unit_id,
            )
            todo = Todo.objects.get(kind="study.reflection")
            assert (todo.permission, todo.unit_path, todo.state) == ("study.review", one.unit.path, "open")
            with pytest.raises(errors.ReflectionLocked):
                write(member, reflection=one)

    @pytest.mark.parametrize(("fields", "pointer"), [
        ({"title": ""}, "/title"), ({"title": "长" * 101}, "/title"), ({"text": ""}, "/text"), ({"text": "短"}, "/text"),
        ({"text": "字 \n　" * 199}, "/text"), ({"text": "长" * 20_001}, "/text"), ({"text": OWN + "\x00"}, "/text"),
        ({"course_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3b01"}, "/course_id"),
    ])  # fmt: skip
    def test_bad_ones_are_kept_nowhere(self, hongqi, member, fields, pointer):
        with tenant_scope(hongqi):
            with pytest.raises(errors.ReflectionInvalid) as caught:
                write(member, **fields)
            assert [fault.pointer for fault in caught.value.fields] == [pointer]
            assert not Reflection.objects.exists()

    def test_blanks_do_not_count_and_the_setting_does(self, hongqi, member):
        with tenant_scope(hongqi):
            settings(reflection_min_characters=5)
            assert write(member, text="一二三四五").state == "submitted"

    def test_a_stale_version_changes_nothing(self, hongqi, member):
        with tenant_scope(hongqi):
            one = write(member, is_final=False)
            Reflection.objects.filter(pk=one.pk).update(version=5)
            with pytest.raises(errors.ReflectionStale):
                write(member, reflection=one, title="改名")
            assert Reflection.objects.get().title == "学习条例有感"

    def test_only_drafts_are_deleted(self, hongqi, member):
        with tenant_scope(hongqi):
            one = write(member)
            with pytest.raises(errors.ReflectionLocked):
                services.delete_draft(reflection_id=one.pk, actor=member)
            draft = write(member, is_final=False)
            services.delete_draft(reflection_id=draft.pk, actor=member)
            assert list(Reflection.objects.values_list("pk", flat=True)) == [one.pk]

    def test_who_is_not_on_the_roster_writes_nothing(self, hongqi, actors):
        with tenant_scope(hongqi):
            with pytest.raises(errors.NotOnRoster):
                write(actors.editor)
            assert not Reflection.objects.exists()


class TestComparing:
    def test_a_copy_is_flagged_never_refused(self, hongqi, member, neighbour):
        with tenant_scope(hongqi):
            first = write(neighbour, at=now() - timedelta(hours=2))
            write(neighbour, text=OTHER, at=now() - timedelta(hours=1))
            copy = write(member, text=OWN.replace("，", " ，\n"))
            assert (copy.state, copy.similar_id, copy.similar_percent, copy.is_flagged) == (
                "submitted",
                first.pk,
                100,
                True,
            )
            assert reads.passages_of(copy)

    def test_half_of_it_below_the_line(self, hongqi, member, neighbour):
        with tenant_scope(hongqi):
            settings(reflection_similar_percent=80)
            write(neighbour, at=now() - timedelta(hours=2))
            half = write(member, text=OWN[: len(OWN) // 2] + OTHER[: len(OTHER) // 2])
            assert 35 <= half.similar_percent <= 65 and not half.is_flagged

    def test_drafts_and_later_ones_and_itself_do_not_count(self, hongqi, member, neighbour):
        with tenant_scope(hongqi):
            write(neighbour, is_final=False)
            write(neighbour, at=now() + timedelta(hours=1))
            one = write(member)
            assert (one.similar, one.similar_percent) == (None, 0)
            services.return_reflection(reflection_id=one.pk, reason="再写实些", actor=kit.SYSTEM, at=now())
            one.refresh_from_db()
            again = write(member, reflection=one)
            assert (again.similar, again.is_flagged) == (None, False)


class TestReviewing:
    def test_returned_with_a_reason_changed_and_accepted(self, hongqi, member, learner):
        with tenant_scope(hongqi):
            one = write(member)
            with pytest.raises(errors.ReflectionInvalid) as caught:
                services.return_reflection(reflection_id=one.pk, reason=" ", actor=kit.SYSTEM, at=now())
            assert [fault.pointer for fault in caught.value.fields] == ["/reason"]
            services.return_reflection(reflection_id=one.pk, reason="请联系实际", actor=kit.SYSTEM, at=now())
            assert not Todo.objects.filter(kind="study.reflection", state="open").exists()
            one.refresh_from_db()
            assert (one.state, one.comment) == ("returned", "请联系实际")
            one = write(member, reflection=one)
            accept(one, kit.SYSTEM, "写得实在")
            event = OutboxMessage.objects.get(name="study.reflection.accepted")
            assert event.payload == {
                "reflection_id": str(one.pk), "person_id": str(learner.pk), "user_id": str(learner.user_id)
            }  # fmt: skip
            assert Notice.objects.filter(category="study.reflection").count() == 2
            with pytest.raises(errors.ReflectionNotSubmitted):
                accept(one, kit.SYSTEM)

    def test_only_over_ones_own_units_and_never_ones_own(self, hongqi, member, branch, actors):
        with tenant_scope(hongqi):
            one = write(member)
            other = kit.secretary_of(kit.make_unit("第二支部"), "书记丁", "shujiding")
            assert list(reads.queue(other)) == []
            for actor in (other, member, actors.stranger):
                with pytest.raises((Forbidden, errors.ReflectionMissing)):
                    accept(one, actor)
            kit.assign_role_of(member, "secretary", branch)
            with pytest.raises(errors.OwnReflection):
                accept(one, kit.fresh(member))
            assert Reflection.objects.get().state == "submitted"
            assert not OutboxMessage.objects.filter(name="study.reflection.accepted").exists()


class TestSharing:
    def test_only_accepted_ones_by_their_author(self, hongqi, member, neighbour):
        with tenant_scope(hongqi):
            one = write(member)
            with pytest.raises(errors.ReflectionNotAccepted):
                share(one, member)
            accept(one, kit.SYSTEM)
            with pytest.raises(errors.ReflectionMissing):
                share(one, neighbour)
            assert list(reads.shared()) == []
            share(one, member)
            assert [row.pk for row in reads.shared()] == [one.pk]
            share(one, member, False)
            with pytest.raises(errors.ReflectionMissing):
                reads.get_shared(reflection_id=one.pk, actor=neighbour)

    def test_one_like_each_taken_back(self, hongqi, neighbour, shared_one):
        with tenant_scope(hongqi):
            for _again in range(2):
                talking.like_reflection(reflection_id=shared_one.pk, is_on=True, actor=neighbour, at=now())
            assert ReflectionLike.objects.count() == 1
            assert reads.get_shared(reflection_id=shared_one.pk, actor=neighbour).is_liked
            talking.like_reflection(reflection_id=shared_one.pk, is_on=False, actor=neighbour, at=now())
            assert not ReflectionLike.objects.exists()

    def test_likes_do_not_sort(self, hongqi, member, neighbour, shared_one):
        with tenant_scope(hongqi):
            newer = share(accept(write(neighbour, text=OTHER), kit.SYSTEM), neighbour)
            talking.like_reflection(reflection_id=shared_one.pk, is_on=True, actor=neighbour, at=now())
            assert [row.pk for row in reads.shared()] == [newer.pk, shared_one.pk]

    def test_nothing_of_what_is_not_shared(self, hongqi, member, neighbour):
        with tenant_scope(hongqi):
            one = accept(write(member), kit.SYSTEM)
            with pytest.raises(errors.ReflectionMissing):
                talking.like_reflection(reflection_id=one.pk, is_on=True, actor=neighbour, at=now())
            with pytest.raises(errors.ReflectionMissing):
                talking.comment_reflection(reflection_id=one.pk, text="好", actor=neighbour, at=now())
            assert not ReflectionLike.objects.exists() and not ReflectionComment.objects.exists()

    def test_comments_are_hidden_with_a_trace(self, hongqi, member, neighbour, shared_one):
        with tenant_scope(hongqi):
            for text in ("", " ", "长" * 501):
                with pytest.raises(errors.ReflectionInvalid):
                    talking.comment_reflection(reflection_id=shared_one.pk, text=text, actor=neighbour, at=now())
            made = talking.comment_reflection(reflection_id=shared_one.pk, text="说得对", actor=neighbour, at=now())
            with pytest.raises(Forbidden):
                talking.hide_comment(comment_id=made.pk, reason="x", actor=member, at=now())
            with pytest.raises(errors.ReflectionInvalid):
                talking.hide_comment(comment_id=made.pk, reason="", actor=kit.SYSTEM, at=now())
            assert [row.text for row in reads.comments_of(shared_one)] == ["说得对"]
            talking.hide_comment(comment_id=made.pk, reason="离题", actor=kit.SYSTEM, at=now())
            with pytest.raises(errors.CommentMissing):
                talking.hide_comment(comment_id=made.pk, reason="再来", actor=kit.SYSTEM, at=now())
            assert list(reads.comments_of(shared_one)) == []
            assert ReflectionComment.objects.get().hide_reason == "离题"
            assert AuditEntry.objects.filter(action="study.comment.hidden").count() == 1

    def test_the_setting_closes_comments(self, hongqi, member, neighbour):
        with tenant_scope(hongqi):
            settings(reflection_comments=False)
            shared_one = share(accept(write(member), kit.SYSTEM), member)
            with pytest.raises(errors.TalkClosed):
                talking.comment_reflection(reflection_id=shared_one.pk, text="好", actor=neighbour, at=now())
            assert not ReflectionComment.objects.exists()


class TestPhone:
    def test_from_the_draft_to_everybody(self, browser, hongqi, learner):
        phone = browser(hongqi, "member")
        assert "还没有心得" in phone.get("/study/reflections/").content.decode()
        assert phone.get("/study/reflections/new/").status_code == 200
        assert phone.post("/study/reflections/new/", {}).status_code == 422
        form = {"title": "有感", "text": "草稿", "then": "draft"}
        here = phone.post("/study/reflections/new/", form)["Location"]
        assert "草稿" in phone.get(here).content.decode() and phone.get(f"{here}edit/").status_code == 200
        assert phone.post(f"{here}edit/", {**form, "version": 1, "then": "submit"}).status_code == 422
        assert phone.post(f"{here}edit/", {**form, "version": 1, "text": OWN, "then": "submit"})["Location"] == here
        assert "待点评" in phone.get(here).content.decode()
        with tenant_scope(hongqi):
            one = accept(Reflection.objects.get(), kit.SYSTEM, "写得实在")
        assert "写得实在" in phone.get(here).content.decode()
        assert phone.post(f"{here}share/", {"on": "1"})["Location"] == here
        assert "有感" in phone.get("/study/reflections/shared/").content.decode()
        shared = f"/study/reflections/shared/{one.pk}/"
        assert phone.get(shared).status_code == 200
        assert phone.post(f"{shared}like/", {"on": "1"})["Location"] == shared
        assert phone.post(shared, {}).status_code == 422
        assert phone.post(shared, {"text": "<b>谢谢</b>"})["Location"] == shared
        assert "&lt;b&gt;谢谢" in phone.get(shared).content.decode()

    def test_the_author_sees_passages_but_not_whose(self, browser, hongqi, member, neighbour):
        with tenant_scope(hongqi):
            write(neighbour, title="别人的题目", at=now() - timedelta(hours=1))
            copy = write(member, title="我的题目")
        page = browser(hongqi, "member").get(f"/study/reflections/{copy.pk}/").content.decode()
        assert "100%" in page and OWN[:20] in page
        assert "别人的题目" not in page and "成员乙" not in page

    def test_others_drafts_are_not_there(self, browser, hongqi, learner, neighbour):
        with tenant_scope(hongqi):
            one = write(neighbour, is_final=False)
        phone = browser(hongqi, "member")
        for path in (f"{one.pk}/", f"{one.pk}/edit/", f"shared/{one.pk}/"):
            assert phone.get(f"/study/reflections/{path}").status_code == 404
        assert phone.post(f"/study/reflections/{one.pk}/delete/").status_code == 404
        with tenant_scope(hongqi):
            assert Reflection.objects.count() == 1

    def test_three_cost_what_one_does(self, browser, hongqi, member, neighbour, shared_one, django_assert_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        phone = browser(hongqi, "member")
        phone.get("/study/reflections/shared/")
        with CaptureQueriesContext(connection) as one:
            phone.get("/study/reflections/shared/")
        with tenant_scope(hongqi):
            for text in (OTHER, OWN):
                share(accept(write(neighbour, text=text), kit.SYSTEM), neighbour)
        with django_assert_num_queries(len(one)):
            phone.get("/study/reflections/shared/")


class TestConsole:
    def test_the_queue_and_the_review(self, browser, hongqi, member, neighbour):
        with tenant_scope(hongqi):
            write(neighbour, title="先交的", at=now() - timedelta(hours=1))
            one = write(member, title="后交的")
        desk = browser(hongqi, "secretary")
        page = desk.get("/console/study/reflections/").content.decode()
        assert page.index("先交的") < page.index("后交的")
        assert "先交的" not in desk.get("/console/study/reflections/?show=flagged").content.decode()
        here = f"/console/study/reflections/{one.pk}/"
        assert "先交的" in desk.get(here).content.decode()
        assert desk.get(f"{here}accept/").status_code == 200
        assert desk.post(f"{here}return/", {"reason": ""}).status_code == 422
        assert desk.post(f"{here}accept/", {"comment": "好"})["Location"] == "/console/study/reflections/"
        assert "后交的" in desk.get("/console/study/reflections/?show=accepted").content.decode()

    def test_a_comment_is_hidden(self, browser, hongqi, neighbour, shared_one):
        with tenant_scope(hongqi):
            made = talking.comment_reflection(reflection_id=shared_one.pk, text="说得对", actor=neighbour, at=now())
        desk = browser(hongqi, "secretary")
        here = f"/console/study/reflections/{shared_one.pk}/"
        assert desk.get(f"{here}comments/{made.pk}/hide/").status_code == 200
        assert desk.post(f"{here}comments/{made.pk}/hide/", {"reason": "离题"})["Location"] == here
        assert "离题" in desk.get(here).content.decode()
        assert (
            "说得对"
            not in browser(hongqi, "member").get(f"/study/reflections/shared/{shared_one.pk}/").content.decode()
        )

    @pytest.mark.parametrize("who", ["member", "stranger"])
    def test_others_are_turned_away(self, browser, hongqi, member, who):
        with tenant_scope(hongqi):
            one = write(member)
        answer = browser(hongqi, who).post(f"/console/study/reflections/{one.pk}/accept/", {})
        assert answer.status_code in (403, 404)
        with tenant_scope(hongqi):
            assert Reflection.objects.get().state == "submitted"


class TestApi:
    def test_accepted_ones_only(self, client_for, api_key, hongqi, member, neighbour):
        with tenant_scope(hongqi):
            one, other = accept(write(member), kit.SYSTEM), write(neighbour, text=OTHER)
        api = client_for(hongqi, key=api_key(hongqi, ["study.review"]))
        rows = api.get("/api/v1/study/reflections").json()["results"]
        assert [(row["id"], row["person_name"], "text" in row) for row in rows] == [(str(one.pk), "成员甲", False)]
        assert api.get(f"/api/v1/study/reflections/{one.pk}").json()["text"] == OWN
        assert api.get(f"/api/v1/study/reflections/{other.pk}").status_code == 404

    def test_another_scope_reads_nothing(self, client_for, api_key, hongqi, shared_one):
        api = client_for(hongqi, key=api_key(hongqi, ["study.learn"]))
        assert api.get("/api/v1/study/reflections").status_code == 403
