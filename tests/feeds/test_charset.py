"""The charset table: exact Arabic, or an alarm. The texts are the tests' own."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.arabic_look import _NOISE, _is_surely_arabic, arabic_look, looks_arabic, stopped_looking_arabic
from feeds.charset import decode
from feeds.mojibake import looks_mangled, unspoilt
from tests.feeds.documents import item, parse, rss

TITLES = (
    "الرئيس الروسي يصل إلى بيونغ يانغ في زيارة رسمية تستمر يومين",
    "وزير الخارجية يبحث مع نظيره المصري تطورات الأوضاع في المنطقة",
    "أسعار النفط ترتفع بعد اجتماع الدول المنتجة، والذهب يستقر",
    "هيئة الأرصاد: أمطار غزيرة على السواحل الشمالية حتى مساء الجمعة",
)
FRENCH = (
    "Le ministère dévoile l'été prochain une réforme très attendue à Alger, où l'opposition s'inquiète déjà"
)
RUSSIAN = "Президент прибыл с официальным визитом, сообщили в пресс-службе правительства"


def document(declared: str = "", texts: tuple[str, ...] = TITLES) -> str:
    """A small feed; ``declared`` is the charset of its XML declaration, if it has one."""
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    items = "".join(f"<item><title>{text}</title></item>" for text in texts)
    return f"{head}<rss version='2.0'><channel>{items}</channel></rss>"


def spoil(body: bytes, count: int = 1) -> bytes:
    """The same bytes with some in the middle of Arabic letters broken."""
    spoilt = bytearray(body)
    for number in range(count):
        at = body.index("الرئيس الروسي"[number].encode())
        spoilt[at + 1] = 0xFF
    return bytes(spoilt)


HTTP_1256 = "text/xml; charset=windows-1256"
EXACT = {
    "utf-8, declared": (document("utf-8").encode(), "", "utf-8"),
    "utf-8, undeclared": (document().encode(), "", "utf-8"),
    "utf-8 with a byte order mark": (b"\xef\xbb\xbf" + document().encode(), "", "utf-8"),
    "utf-8, declared windows-1256 in the XML": (document("windows-1256").encode(), "", "utf-8"),
    "utf-8, declared windows-1256 in HTTP": (document("utf-8").encode(), HTTP_1256, "utf-8"),
    "utf-8, declared us-ascii in HTTP": (document().encode(), "text/xml; charset=us-ascii", "utf-8"),
    "windows-1256, declared in the XML": (document("windows-1256").encode("cp1256"), "", "windows-1256"),
    "windows-1256, declared in HTTP": (document().encode("cp1256"), HTTP_1256, "windows-1256"),
    "windows-1256, declared as cp1256": (document("CP1256").encode("cp1256"), "", "windows-1256"),
    "windows-1256, undeclared": (document().encode("cp1256"), "", "windows-1256"),
    "windows-1256, declared utf-8": (document("utf-8").encode("cp1256"), "", "windows-1256"),
    "windows-1256, declared utf-8 twice": (
        document("utf-8").encode("cp1256"),
        "application/rss+xml; charset=UTF-8",
        "windows-1256",
    ),
    "windows-1256, declared iso-8859-1": (document("iso-8859-1").encode("cp1256"), "", "windows-1256"),
    "windows-1256, HTTP says iso-8859-1, the XML is right": (
        document("windows-1256").encode("cp1256"),
        "text/xml; charset=ISO-8859-1",
        "windows-1256",
    ),
    "windows-1256, declared iso-8859-6": (document("iso-8859-6").encode("cp1256"), "", "windows-1256"),
    "windows-1256, declared as a charset nobody knows": (
        document("x-arabic").encode("cp1256"),
        "",
        "windows-1256",
    ),
    "iso-8859-6, declared": (document("iso-8859-6").encode("iso8859-6"), "", "iso-8859-6"),
    "iso-8859-6, undeclared": (document().encode("iso8859-6"), "", "iso-8859-6"),
    "iso-8859-6, declared windows-1256": (document("windows-1256").encode("iso8859-6"), "", "iso-8859-6"),
    "utf-16 with a mark": (document("utf-16").encode("utf-16"), "", "utf-16le"),
    "utf-16be with a mark": (b"\xfe\xff" + document("utf-16").encode("utf-16-be"), "", "utf-16be"),
    "utf-16le without a mark": (document("utf-16").encode("utf-16-le"), "", "utf-16le"),
    "utf-16be without a mark or a declaration": (document().encode("utf-16-be"), "", "utf-16be"),
    "utf-32 with a mark": (document("utf-32").encode("utf-32"), "", "utf-32le"),
}


@pytest.mark.parametrize(("body", "content_type", "encoding"), EXACT.values(), ids=EXACT.keys())
def test_the_text_comes_out_letter_by_letter(body: bytes, content_type: str, encoding: str) -> None:
    """Whatever is declared, every title is exact, and the charset named is the one it was written in."""
    decoded = decode(body, content_type)
    for title in TITLES:
        assert title in decoded.text
    assert decoded.encoding == encoding


@pytest.mark.parametrize(
    "name",
    ["windows-1256, declared iso-8859-1", "windows-1256, undeclared", "iso-8859-6, declared windows-1256"],
)
def test_overruling_a_declaration_is_reported(name: str) -> None:
    """An operator sees that the feed's declaration was not followed, and what was read instead."""
    body, content_type, encoding = EXACT[name]
    (problem,) = decode(body, content_type).problems
    assert encoding in problem


@pytest.mark.parametrize(
    "name",
    ["utf-8, declared", "windows-1256, declared in the XML", "iso-8859-6, declared", "utf-16 with a mark"],
)
def test_a_right_declaration_is_no_problem(name: str) -> None:
    """A feed in order raises no alarm."""
    body, content_type, _ = EXACT[name]
    assert decode(body, content_type).problems == ()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("declared", ["", "utf-8", "windows-1256"])
def test_broken_bytes_cost_themselves_only(count: int, declared: str) -> None:
    """A broken byte in a UTF-8 feed spoils one letter and is reported; all other titles are exact."""
    decoded = decode(spoil(document(declared).encode(), count))
    assert decoded.encoding == "utf-8"
    assert TITLES[1] in decoded.text
    assert TITLES[3] in decoded.text
    assert "replaced" in decoded.problems[0]


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
def test_utf8_that_is_cut_off_stays_utf8(cut: int) -> None:
    """A cut through the last letter does not turn the whole feed into noise."""
    body = "".join(TITLES).encode()
    decoded = decode(body[:-cut])
    assert decoded.encoding == "utf-8"
    assert decoded.text.startswith(TITLES[0] + TITLES[1] + TITLES[2])


def test_a_mark_before_broken_utf8() -> None:
    """The mark is not text, and one broken byte behind it is replaced like any other."""
    decoded = decode(b"\xef\xbb\xbf" + spoil(document().encode()))
    assert decoded.encoding == "utf-8"
    assert decoded.text.startswith("<rss")
    assert TITLES[1] in decoded.text


def test_a_mark_of_utf8_before_windows_1256() -> None:
    """Even a byte order mark may lie: the evidence of the text wins."""
    decoded = decode(b"\xef\xbb\xbf" + document().encode("cp1256"))
    assert decoded.encoding == "windows-1256"
    assert TITLES[0] in decoded.text


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "ISO-8859-15"])
def test_french_is_not_taken_for_arabic(declared: str) -> None:
    """A French feed in a western charset stays what it is declared as."""
    decoded = decode(document(declared, (FRENCH,) * 3).encode(declared))
    assert FRENCH in decoded.text
    assert decoded.problems == ()


def test_russian_is_not_taken_for_arabic() -> None:
    """A declared Cyrillic charset is followed, though its bytes are Arabic letters elsewhere."""
    decoded = decode(document("windows-1251", (RUSSIAN,) * 3).encode("cp1251"))
    assert RUSSIAN in decoded.text
    assert decoded.encoding == "windows-1251"


def test_a_declared_windows_1256_that_is_ascii() -> None:
    """Plain ASCII is the same in all of them: no alarm."""
    decoded = decode(document("windows-1256", ("Breaking news",)).encode("ascii"))
    assert (decoded.encoding, decoded.problems) == ("utf-8", ())


MARKS = "حُكُومَةُ البِلادِ تُقِرُّ مُوازَنَةَ العامِ المُقبِلِ"
SPOILT = {
    "read as latin-1": lambda text: text.encode().decode("latin-1"),
    "read as windows-1252": lambda text: text.encode().decode("cp1252", "surrogateescape").translate(
        {0xDC00 + byte: byte for byte in range(128, 256)}
    ),
    "read as windows-1256": lambda text: text.encode().decode("cp1256"),
}  # fmt: skip


@pytest.mark.parametrize("spoil_by", SPOILT.values(), ids=SPOILT.keys())
def test_mojibake_is_undone_and_told(spoil_by: Callable[[str], str]) -> None:
    """UTF-8 that somebody read in another charset and saved as UTF-8: every word is again what it was."""
    spoilt = [spoil_by(text) for text in (*TITLES, MARKS)]
    assert not any(text in "".join(spoilt) for text in TITLES)
    decoded = decode(document("utf-8", ("فرنسا café", *spoilt)).encode())
    assert all(text in decoded.text for text in ("فرنسا café", *TITLES, MARKS))
    assert "mojibake" in decoded.problems[0]


@given(st.text(st.characters(codec="cp1256")))
def test_what_is_no_mojibake_stays(text: str) -> None:
    """Arabic, French, signs: a word is changed only if its bytes are UTF-8 of something else."""
    again = unspoilt(text)
    assert again == text or len(again) < len(text)
    assert unspoilt("".join(TITLES) + FRENCH + RUSSIAN) == "".join(TITLES) + FRENCH + RUSSIAN


FEW_WORDS = ("عاجل خبر", "مصر وقطر توقعان مذكرة تفاهم", "وفاة نجم كرة قدم مصري")


@pytest.mark.parametrize("title", FEW_WORDS)
@pytest.mark.parametrize("declared", ["", "utf-8", "iso-8859-1"])
def test_a_headline_without_an_article_is_arabic_too(title: str, declared: str) -> None:
    """A feed of a few words proves no habit, and is none the less Arabic."""
    decoded = decode(document(declared, (title,)).encode("cp1256"))
    assert (title in decoded.text, decoded.encoding) == (True, "windows-1256")


@pytest.mark.parametrize("foreign", [1, 2, 3])
def test_texts_of_two_charsets_are_each_read_in_theirs(foreign: int) -> None:
    """What an editor pasted in windows-1256 into a feed of UTF-8 is read, and told; the others are exact."""
    body = document("utf-8").encode()
    for title in TITLES[:foreign]:
        body = body.replace(title.encode(), title.encode("cp1256"))
    decoded = decode(body)
    assert all(title in decoded.text for title in TITLES)
    assert "another charset" in decoded.problems[0]


def test_what_stands_before_the_root_hides_no_charset() -> None:
    """A mark of UTF-8 before windows-1256, white space before UTF-16 without a mark: feeds all the same."""
    for body in (
        b"\xef\xbb\xbf" + rss(item(1)).decode().encode("cp1256"),
        ("\n" + rss(item(1)).decode()).encode("utf-16-le"),
    ):
        assert [entry.title for entry in parse(body).entries] == ["خبر رقم 1"]


def test_text_that_was_spoilt_before_it_was_saved_raises_the_alarm() -> None:
    """Mojibake in good UTF-8 cannot be told from text by its bytes; it is by its look."""
    mojibake = "".join(TITLES).encode().decode("latin-1")
    (problem,) = decode(document("utf-8", (mojibake,)).encode()).problems
    assert "mojibake" in problem
    (problem,) = decode(
        document("utf-8", ("\ufffd\ufffd\ufffd\ufffd \ufffd\ufffd\ufffd \ufffd\ufffd\ufffd\ufffd",)).encode()
    ).problems
    assert "spoilt" in problem


def test_noise_raises_the_alarm() -> None:
    """Bytes of no charset at all come back as something, with a warning."""
    assert decode(bytes(range(128, 256)) * 20 + b"\x81\x8d").problems


@pytest.mark.parametrize(
    "label",
    [
        "base64",
        "zip",
        "hex",
        "rot13",
        "utf-7",
        "unicode_escape",
        "punycode",
        "idna",
        "undefined",
        "mbcs",
        "../x",
    ],
)
def test_only_charsets_of_feeds_are_asked_for(label: str) -> None:
    """Python's other codecs cannot be called from a feed's declaration."""
    body = document(label).encode("cp1256")
    assert TITLES[0] in decode(body, f"text/xml; charset={label}").text


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_become_text(body: bytes, content_type: str) -> None:
    """Decoding never fails, whatever comes."""
    decoded = decode(body, content_type)
    assert isinstance(decoded.text, str)
    assert decoded.encoding


@pytest.mark.parametrize("title", TITLES)
def test_a_single_headline_looks_arabic(title: str) -> None:
    """A dozen words are enough to know Arabic by."""
    assert looks_arabic(title)
    assert not looks_arabic(title.encode("cp1256").decode("latin-1"))
    assert arabic_look(title) > arabic_look(title.encode("cp1256").decode("iso8859-6", "replace"))


def test_what_does_not_look_arabic() -> None:
    """English has no such letters; French, Russian and Persian script noise are told apart."""
    assert arabic_look("Breaking news") == 0
    assert not looks_arabic(FRENCH)
    assert not looks_arabic(RUSSIAN.encode("cp1251").decode("cp1256"))
    assert not looks_mangled(FRENCH)
    assert not looks_mangled("".join(TITLES))


@given(st.text("اليمونرتهبعسدخحقءئ ABz7؟é\u064b\u0100", max_size=300))
def test_what_is_surely_arabic_is_no_noise(text: str) -> None:
    """The quick word never says otherwise than the long look would."""
    if _is_surely_arabic(text):
        assert arabic_look(text) >= _NOISE or text.isascii()


def test_noise_is_told_from_arabic() -> None:
    """Of another charset, or question marks where letters were; English and a few words are none."""
    arabic = "الحكومة تعلن عن خطة جديدة لتطوير التعليم في المدن البعيدة"
    assert not stopped_looking_arabic(arabic)
    assert stopped_looking_arabic(arabic.encode().decode("cp1252", "ignore"))
    assert stopped_looking_arabic("?" * 40)
    assert not stopped_looking_arabic("A plan for all the schools of the far towns, said the ministry")
    assert not stopped_looking_arabic("Ünïcödé")
