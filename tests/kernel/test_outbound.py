"""Going out to addresses that tenants enter: only to the public internet, at the checked address, within the time."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time

import pytest

from jiceng.kernel.outbound import Failed, OutboundRefused, post, read_url
from jiceng.kernel.outbound.addresses import is_public
from tests.support.receiver import closed_port, receiving

HOSTILE = [
    # other schemes, other ports, credentials, what is no address at all
    "http://oa.example.gov.cn/", "ftp://oa.example.gov.cn/", "file:///etc/passwd", "gopher://oa.example.gov.cn:70/_x",
    "javascript:alert(1)", "data:text/plain,x", "//oa.example.gov.cn/", "oa.example.gov.cn", "https:/oa.example.gov.cn/",
    "https://", "https:///x", "https://:443/", "", "https://oa.example.gov.cn:22/", "https://oa.example.gov.cn:80/",
    "https://oa.example.gov.cn:6379/", "https://oa.example.gov.cn:99999/", "https://oa.example.gov.cn:-1/",
    "https://oa.example.gov.cn:/", "https://user:word@oa.example.gov.cn/", "https://oa.example.gov.cn@127.0.0.1/",
    "https://oa.example.gov.cn\\@127.0.0.1/", "https://oa.example.gov.cn#@127.0.0.1/", "https://oa.example.gov.cn/a b",
    "https://oa.example.gov.cn/\r\nX-Evil: 1", "https://oa.example.gov.cn/\x00", "https://oa.example.gov.cn/中文",
    "https://" + "a" * 500 + ".cn/",
    # addresses, in every spelling
    "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/",
    "https://0177.0.0.1/", "https://017700000001/", "https://127.0.0.1./", "https://0/", "https://0.0.0.0/",
    "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/", "https://8.8.8.8/", "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://[fe80::1%25eth0]/", "https://[fc00::1]/",
    "https://１２７.０.０.１/", "https://127。0。0。1/", "https://①②⑦.⓪.⓪.①/",
    # names of inner networks
    "https://localhost/", "https://localhost./", "https://LOCALHOST:8443/", "https://ｌｏｃａｌｈｏｓｔ/", "https://intranet/",
    "https://db.internal/", "https://printer.local/", "https://x.localhost/", "https://router.lan/", "https://1.0.0.127.in-addr.arpa/",
    "https://a..example.gov.cn/", "https://-a.example.gov.cn/", "https://a_b.example.gov.cn/", "https://xn--.cn/",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_addresses_are_refused(text):
    with pytest.raises(OutboundRefused) as refused:
        read_url(text)
    assert refused.value.code == "url_refused"


def test_there_are_sixty_of_them():
    assert len(set(HOSTILE)) >= 60


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://oa.Example.gov.cn", "https://oa.example.gov.cn/"),
        ("https://oa.example.gov.cn:443/hook?x=1", "https://oa.example.gov.cn/hook?x=1"),
        ("https://oa.example.gov.cn:8443/hook", "https://oa.example.gov.cn:8443/hook"),
        ("https://bücher.example.cn/h", "https://xn--bcher-kva.example.cn/h"),
        ("https://ＯＡ.example.gov.cn/h", "https://oa.example.gov.cn/h"),
    ],
)
def test_one_spelling_for_each_address(text, url):
    assert read_url(text).url == url
    assert read_url(url).url == url


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.31.255.255", "192.0.0.192",
        "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1",
        "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1", "100::1",
        "2001::1", "2001:db8::1", "2002:808:808::1", "3fff::1", "fc00::1", "fd00::1", "fe80::1", "fec0::1", "ff02::1",
    ],
)  # fmt: skip
def test_inner_addresses_are_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "223.5.5.5"])
def test_public_addresses_are(address):
    assert is_public(ipaddress.ip_address(address))


ANSWERS: dict[str, list[list[str]]] = {}


def stub(host: str, _port: int) -> list[str]:
    """Plays the resolver: the next answer for ``host``, the last for ever."""
    answers = ANSWERS[host]
    return answers.pop(0) if len(answers) > 1 else answers[0]


def failing(_host: str, _port: int) -> list[str]:
    raise socket.gaierror(-2, "Name or service not known")


def sleeping(_host: str, _port: int) -> list[str]:
    time.sleep(0.5)
    return ["127.0.0.1"]


@pytest.fixture
def resolver(settings):
    settings.OUTBOUND_RESOLVER = "tests.kernel.test_outbound.stub"
    ANSWERS.clear()
    return ANSWERS


@pytest.mark.parametrize(
    "answers",
    [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["8.8.8.8", "fd00::1"], ["::ffff:10.0.0.1"], ["64:ff9b::a00:1"]],
)
def test_names_that_point_inside_are_never_connected_to(resolver, answers):
    with receiving() as inside:
        resolver["oa.example.gov.cn"] = [answers]
        with pytest.raises(Failed) as failed:
            post(read_url(f"https://oa.example.gov.cn:8443/{inside.port}"), body=b"{}", headers={})
        assert failed.value.kind == "address"
        assert inside.received == []


def test_a_name_that_changes_its_mind_is_looked_up_once(resolver, settings):
    """The second answer would be inside; nobody asks for it, so the first, refused by our own network guard, is final."""
    from tests.support.network import attempts

    resolver["oa.example.gov.cn"] = [["93.184.216.34"], ["127.0.0.1"]]
    before = len(attempts)
    with pytest.raises(AssertionError):
        post(read_url("https://oa.example.gov.cn/"), body=b"{}", headers={})
    assert attempts[before:] == ["('93.184.216.34', 443)"]
    del attempts[before:]
    assert resolver["oa.example.gov.cn"] == [["127.0.0.1"]]


@pytest.mark.parametrize(("how", "kind"), [("failing", "dns"), ("sleeping", "dns")])
def test_names_that_do_not_resolve(settings, how, kind):
    settings.OUTBOUND_RESOLVER = f"tests.kernel.test_outbound.{how}"
    with pytest.raises(Failed) as failed:
        post(read_url("https://oa.example.gov.cn/"), body=b"{}", headers={}, seconds=0.2)
    assert failed.value.kind == kind


@pytest.fixture
def here(settings):
    settings.OUTBOUND_LOOPBACK = True
    with receiving() as receiver:
        yield receiver


def test_a_request_arrives_whole(here):
    answer = post(read_url(here.url("/a?b=1")), body="你好".encode(), headers={"X-One": "1"})
    assert answer.status == 204
    (received,) = here.received
    assert (received.path, received.body.decode(), received.headers["x-one"]) == ("/a?b=1", "你好", "1")
    assert received.headers["host"] == f"127.0.0.1:{here.port}"


def test_redirects_are_answers(here):
    def redirect(handler, _received):
        handler.send_response(302)
        handler.send_header("Location", here.url("/elsewhere"))
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    here.behave = redirect
    assert post(read_url(here.url()), body=b"", headers={}).status == 302
    assert [one.path for one in here.received] == ["/hook"]


def test_of_a_huge_answer_the_beginning_is_read(here):
    sent = []

    def flood(handler, _received):
        handler.send_response(200)
        handler.send_header("Content-Length", str(2**30))
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 65536)
                sent.append(1)
        except OSError:
            return

    here.behave = flood
    answer = post(read_url(here.url()), body=b"", headers={})
    assert (answer.status, len(answer.body)) == (200, 64 * 1024)
    assert len(sent) < 1000


def drip_head(handler, _received):
    for char in b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 10_000:
        try:
            handler.wfile.write(bytes([char]))
            time.sleep(0.05)
        except OSError:
            return


def drip_body(handler, _received):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    drip_head(handler, None)


def drip_chunks(handler, _received):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    drip_head(handler, None)


def silence(handler, _received):
    threading.Event().wait(3)


@pytest.mark.parametrize("behave", [drip_head, drip_body, silence])
def test_who_is_slow_is_cut_off_at_the_deadline(here, behave):
    here.behave = behave
    began = time.monotonic()
    with pytest.raises(Failed) as failed:
        post(read_url(here.url()), body=b"", headers={}, seconds=0.4)
    assert failed.value.kind == "timeout"
    assert failed.value.milliseconds + 10 >= 400
    assert time.monotonic() - began < 2


def garbage(handler, _received):
    handler.wfile.write(b"\x00\xff\x00 nothing like http\r\n\r\n")


def nothing(handler, _received):
    handler.connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("behave", [garbage, nothing, drip_chunks])
def test_what_is_no_answer_fails(here, behave):
    here.behave = behave
    with pytest.raises(Failed) as failed:
        post(read_url(here.url()), body=b"", headers={}, seconds=1)
    assert failed.value.kind in ("protocol", "connect", "timeout")


def test_nobody_there(settings):
    settings.OUTBOUND_LOOPBACK = True
    with pytest.raises(Failed) as failed:
        post(read_url(f"http://127.0.0.1:{closed_port()}/"), body=b"", headers={})
    assert failed.value.kind == "connect"


def test_plain_where_tls_is_expected(here):
    with pytest.raises(Failed) as failed:
        post(read_url(here.url().replace("http://", "https://")), body=b"", headers={}, seconds=2)
    assert failed.value.kind == "tls"
