"""Slugs, credit codes, phones and host names: pure rules."""

import pytest

from tenants import naming


@pytest.mark.parametrize("slug", ["bdc", "qingshan", "dang-jian-2", "a1b", "z" * 32])
def test_good_slugs(slug):
    assert naming.slug_fault(slug) is None


@pytest.mark.parametrize(
    ("slug", "code"),
    [
        ("", "slug_malformed"),
        ("a", "slug_malformed"),
        ("ab", "slug_malformed"),
        ("z" * 33, "slug_malformed"),
        ("z" * 64, "slug_malformed"),
        ("1abc", "slug_malformed"),
        ("-abc", "slug_malformed"),
        ("abc-", "slug_malformed"),
        ("a--b", "slug_malformed"),
        ("Abc", "slug_malformed"),
        ("a_b", "slug_malformed"),
        ("党建", "slug_malformed"),
        ("abc\n", "slug_malformed"),
        ("pg-catalog", "slug_malformed"),
        ("xn--fiqs8s", "slug_malformed"),
        ("www", "slug_reserved"),
        ("admin", "slug_reserved"),
        ("public", "slug_reserved"),
        ("w-w-w", "slug_lookalike"),
        ("adm1n", "slug_lookalike"),
        ("c0nsole", "slug_lookalike"),
        ("adrnin", "slug_lookalike"),
    ],
)
def test_bad_slugs_are_refused_with_a_reason(slug, code):
    fault = naming.slug_fault(slug)
    assert (fault.pointer, fault.code) == ("/slug", code)
    assert fault.message.endswith("。")


@pytest.mark.parametrize("code", ["91350100M000100Y43", "12100000400000624D"])
def test_published_credit_codes_pass(code):
    assert naming.credit_code_fault(code) is None


def test_every_single_wrong_character_breaks_the_credit_code():
    good = "91350100M000100Y43"
    for place in range(18):
        for letter in naming.CREDIT_ALPHABET:
            if letter != good[place]:
                wrong = good[:place] + letter + good[place + 1 :]
                assert naming.credit_code_fault(wrong).code == "credit_code_checksum"


@pytest.mark.parametrize("code", ["", "123", "91350100M000100Y4", "91350100M000100Y433", "9135O100M000100Y43"])
def test_malformed_credit_codes(code):
    assert naming.credit_code_fault(code).code == "credit_code_malformed"


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("13800138000", "13800138000"),
        ("+86 138 0013 8000", "13800138000"),
        ("0086-13800138000", "13800138000"),
        ("（010）8888 6666", "01088886666"),
        ("12345", None),
        ("23800138000", None),
        ("1380013800012", None),
        ("", None),
    ],
)
def test_phones(raw, normal):
    assert naming.normalise_phone(raw) == normal


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("DJ.Example.gov.cn.", "dj.example.gov.cn"),
        ("党建.中国", "xn--n5qz54a.xn--fiqs8s"),
        ("127.0.0.1", None),
        ("[::1]", None),
        ("localhost", None),
        ("a b.com", None),
        ("a_b.com", None),
        ("-a.com", None),
        ("http://a.com", None),
        ("a" * 64 + ".com", None),
        ("", None),
    ],
)
def test_domains(raw, normal):
    assert naming.normalise_domain(raw) == normal
