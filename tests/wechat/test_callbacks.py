"""Callbacks: who is believed, what is stored, what is answered."""

from __future__ import annotations

import hashlib
import time

import pytest
from django.conf import settings

from jiceng.kernel.clock import now
from jiceng.wechat.models import Conversation, Identity, InboundMessage
from jiceng.wechat.services import handling
from jiceng.wechat.simulator import codec
from tenants.context import tenant_scope
from tests.support.client import HostClient

pytestmark = pytest.mark.django_db


def keys_of(world, appid="wxdemo0000000001"):
    account = world.accounts[appid]
    return account.token, account.aes_key, account.appid


def send(world, account, fields, *, token=None, aes_key=None, receiver=None, timestamp=None, encrypted=True, signature=None, body=None):
    """A call as WeChat would make it, each part of it to be spoiled at will."""
    own_token, own_key, appid = keys_of(world)
    token, aes_key, receiver = token or own_token, aes_key or own_key, receiver or appid
    timestamp, nonce = timestamp or str(int(time.time())), "nonce"
    text = codec.to_xml(fields)
    query = f"timestamp={timestamp}&nonce={nonce}&signature={codec.sign(token, timestamp, nonce)}"
    if encrypted:
        sealed = codec.encrypt(text, aes_key, receiver)
        query += f"&encrypt_type=aes&msg_signature={signature or codec.sign(token, timestamp, nonce, sealed)}"
        text = codec.to_xml({"ToUserName": "x", "Encrypt": sealed})
    return HostClient(None).post(f"/wx/{account.route_key}/?{query}", data=body if body is not None else text, content_type="text/xml")


def a_text(world, words="你好", **more):
    account = world.accounts["wxdemo0000000001"]
    return {
        "ToUserName": account.original_id, "FromUserName": "o123456", "CreateTime": int(time.time()), "MsgType": "text",
        "Content": words, "MsgId": "1", **more,
    }  # fmt: skip


def stored(hongqi):
    with tenant_scope(hongqi):
        return InboundMessage.objects.count()


class TestAddressCheck:
    def test_the_echo_comes_back_to_the_letter(self, world, connect):
        account = connect()
        token, timestamp = keys_of(world)[0], str(int(time.time()))
        query = f"signature={codec.sign(token, timestamp, 'n')}&timestamp={timestamp}&nonce=n&echostr=12%2034%2B"
        response = HostClient(None).get(f"/wx/{account.route_key}/?{query}")
        assert (response.status_code, response.content) == (200, b"12 34+")
        assert response["Content-Type"].startswith("text/plain")

    def test_wecoms_echo_is_decrypted(self, world, connect_wecom):
        connect_wecom()  # asserts the check itself
        assert world.accounts["wwdemo00000001"].url

    @pytest.mark.parametrize("spoil", ["signature=0", "timestamp=1", "timestamp=abc", "timestamp="])
    def test_others_are_turned_away(self, world, connect, spoil):
        account = connect()
        token, timestamp = keys_of(world)[0], str(int(time.time()))
        good = {"signature": codec.sign(token, timestamp, "n"), "timestamp": timestamp, "nonce": "n", "echostr": "1"}
        name, value = spoil.split("=")
        good[name] = value
        assert HostClient(None).get(f"/wx/{account.route_key}/", good).status_code == 403

    def test_an_unknown_key_is_not_found(self, world):
        assert HostClient(None).get(f"/wx/{'0' * 32}/").status_code == 404


class TestMessages:
    @pytest.mark.parametrize("mode", ["plain", "compat", "secure"])
    def test_every_mode_is_understood_and_answered_in_kind(self, world, connect, hongqi, mode):
        connect(mode=mode)
        person = next(iter(world.people))
        world.follow(person, "wxdemo0000000001")
        shown = world.send_text(person, "wxdemo0000000001", "请问几点开门？")
        assert shown == "您的留言已收到，工作人员会尽快回复您。"
        assert stored(hongqi) == 2

    @pytest.mark.parametrize("mode", ["compat", "secure"])
    def test_no_downgrade_to_plain(self, world, connect, hongqi, mode):
        account = connect(mode=mode)
        assert send(world, account, a_text(world), encrypted=False).status_code == 403
        assert stored(hongqi) == 0

    def test_wrong_appid_inside_a_good_signature(self, world, connect, hongqi):
        account = connect()
        assert send(world, account, a_text(world), receiver="wx0000000000000000").status_code == 403
        assert stored(hongqi) == 0

    def test_another_tenants_signature_does_not_fit(self, world, connect, hongqi, dongfeng):
        account = connect()
        connect(dongfeng, appid="wxdemo0000000002")
        token, key, _appid = keys_of(world, "wxdemo0000000002")
        assert send(world, account, a_text(world), token=token, aes_key=key).status_code == 403
        assert stored(hongqi) == 0

    @pytest.mark.parametrize("seconds", [-660, 660])
    def test_a_stale_call(self, world, connect, hongqi, seconds):
        account = connect()
        assert send(world, account, a_text(world), timestamp=str(int(time.time()) + seconds)).status_code == 403
        assert stored(hongqi) == 0

    def test_a_clock_nine_minutes_off_is_fine(self, world, connect, hongqi):
        account = connect()
        assert send(world, account, a_text(world), timestamp=str(int(time.time()) - 540)).status_code == 200
        assert stored(hongqi) == 1

    @pytest.mark.parametrize("body", [
        b"", b"no xml", b"<xml></xml>", b"\xff\xfe", b"<xml><Encrypt>AAAA</Encrypt></xml>", b"<xml><Encrypt>!!</Encrypt></xml>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>', b"<other/>", b"<xml>" * 2000,
    ])  # fmt: skip
    def test_rubbish_is_refused_in_one_way(self, world, connect, hongqi, body):
        account = connect()
        assert send(world, account, a_text(world), body=body).status_code == 403
        assert stored(hongqi) == 0

    @pytest.mark.parametrize("sealed", ["", "AAAA", "A" * 64, "A" * 44])
    def test_a_good_signature_over_rubbish(self, world, connect, hongqi, sealed):
        """Padding, length, receiver: whatever is wrong inside gets the same answer."""
        account = connect()
        token, timestamp = keys_of(world)[0], str(int(time.time()))
        query = f"timestamp={timestamp}&nonce=n&msg_signature={codec.sign(token, timestamp, 'n', sealed)}"
        body = codec.to_xml({"Encrypt": sealed})
        response = HostClient(None).post(f"/wx/{account.route_key}/?{query}", data=body, content_type="text/xml")
        assert response.status_code == 403
        assert stored(hongqi) == 0

    @pytest.mark.parametrize("spoilt", [{"MsgType": ""}, {"FromUserName": ""}, {"ToUserName": "gh_other"}, {"FromUserName": "o" * 65}])
    def test_a_message_that_lacks_the_essential(self, world, connect, hongqi, spoilt):
        account = connect()
        assert send(world, account, a_text(world, **spoilt)).status_code == 403
        assert stored(hongqi) == 0

    def test_an_unknown_event_is_taken_and_does_no_harm(self, world, connect, hongqi):
        account = connect()
        fields = {**a_text(world), "MsgType": "event", "Event": "something_new"}
        response = send(world, account, fields)
        assert (response.status_code, response.content) == (200, b"success")
        with tenant_scope(hongqi):
            handling.handle(message_id=InboundMessage.objects.get().pk, at=now())
            assert InboundMessage.objects.get().handled_at

    def test_three_deliveries_one_effect_one_answer(self, world, connect, hongqi):
        account = connect()
        answers = []
        for _try in range(3):
            response = send(world, account, a_text(world))
            fields = codec.from_xml(response.content.decode())
            answers.append(codec.from_xml(codec.decrypt(fields["Encrypt"], keys_of(world)[1])[0])["Content"])
        assert answers == ["您的留言已收到，工作人员会尽快回复您。"] * 3
        assert stored(hongqi) == 1

    def test_two_events_of_one_second_are_two(self, world, connect, hongqi):
        account = connect()
        base = {**a_text(world), "MsgType": "event", "MsgId": ""}
        send(world, account, {**base, "Event": "CLICK", "EventKey": "A"})
        send(world, account, {**base, "Event": "CLICK", "EventKey": "B"})
        send(world, account, {**base, "Event": "CLICK", "EventKey": "B"})
        assert stored(hongqi) == 2

    def test_what_is_handled_is_kept_once_and_not_in_clear_beside(self, world, connect, hongqi):
        account = connect()
        send(world, account, a_text(world, "我想反映一个问题"))
        with tenant_scope(hongqi):
            message = InboundMessage.objects.get()
            handling.handle(message_id=message.pk, at=now())
            handling.handle(message_id=message.pk, at=now())
            message.refresh_from_db()
            assert message.facts == {}
            conversation = Conversation.objects.get()
            assert [remark.text for remark in conversation.remarks.all()] == ["我想反映一个问题"]

    def test_reply_survives_hostile_text(self, world, connect, hongqi):
        """``]]>`` and control characters in what we answer."""
        from jiceng.access.actor import Actor
        from jiceng.wechat.services import rules

        connect()
        with tenant_scope(hongqi):
            values = {"trigger": "keyword", "words": ["时间"], "is_exact": False, "text": "a]]>b & <c> 😀"}
            rules.save_rule(values=values, actor=Actor.system())
        person = next(iter(world.people))
        assert world.send_text(person, "wxdemo0000000001", "办事时间？") == "a]]>b & <c> 😀"

    def test_a_disabled_account_is_answered_with_silence(self, world, connect, hongqi):
        from jiceng.wechat.models import Account

        account = connect()
        with tenant_scope(hongqi):
            Account.objects.update(state="disabled")
        response = send(world, account, a_text(world))
        assert (response.status_code, response.content) == (200, b"")
        assert stored(hongqi) == 0

    def test_a_suspended_tenant_is_answered_with_silence(self, world, connect, hongqi):
        from tenants import directory
        from tenants.context import platform_scope
        from tenants.models import State, Tenant

        account = connect()
        with platform_scope():
            Tenant.objects.filter(pk=hongqi.id).update(state=State.SUSPENDED)
            directory.changed(Tenant.objects.get(pk=hongqi.id))
        assert send(world, account, a_text(world)).content == b""
        assert stored(hongqi) == 0

    def test_the_keys_before_stay_good_for_ten_minutes(self, world, connect, hongqi, clock):
        from jiceng.access.actor import Actor
        from jiceng.wechat.services import accounts

        account = connect()
        with tenant_scope(hongqi):
            accounts.renew_callback(account_id=account.pk, actor=Actor.system(), at=now())
        assert send(world, account, a_text(world)).status_code == 200
        with clock(now()) as traveller:
            traveller.shift(601)
            assert send(world, account, a_text(world, MsgId="2")).status_code == 403

    def test_csrf_and_sessions_play_no_part(self, world, connect):
        account = connect()
        response = send(world, account, a_text(world))
        assert response.cookies == {}

    def test_unsubscribe_and_subscribe_keep_the_identity(self, world, connect, hongqi):
        connect()
        person = next(iter(world.people))
        for act in (world.follow, world.unfollow, world.follow):
            act(person, "wxdemo0000000001")
            world.advance(2)
        with tenant_scope(hongqi):
            identity = Identity.objects.get()
            assert identity.is_following
            assert identity.message_left == 0
            assert identity.event_left == 3

    def test_one_person_at_two_accounts_is_two_identities(self, world, connect, hongqi):
        connect()
        connect(appid="wxdemo0000000002")
        person = next(iter(world.people))
        world.follow(person, "wxdemo0000000001")
        world.follow(person, "wxdemo0000000002")
        with tenant_scope(hongqi):
            assert Identity.objects.values("openid").distinct().count() == 2


def test_nothing_is_logged_of_what_people_write(world, connect, caplog):
    account = connect()
    send(world, account, a_text(world, "身份证 110101199001010010"))
    assert "110101" not in caplog.text
    assert keys_of(world)[0] not in caplog.text


def test_route_keys_are_long_and_random(world, connect, connect_wecom):
    one, other = connect().route_key, connect_wecom().route_key
    assert len(one) == len(other) == 32
    assert hashlib.sha256(one.encode()) != hashlib.sha256(other.encode())
    assert settings.BASE_DOMAIN
