"""What John Kirby says: told from other Kirbys and from news of his office."""

import pytest

from rules import RuleSet
from tests.rules_library.cases import evidence, fires

RULE = "kirby-statements"
STATEMENTS = [
    "كيربي: إسرائيل لم تتجاوز الخطوط الحمراء في رفح",
    "البيت الأبيض: لا دليل على ذلك.. وكيربي يدعو للتهدئة",
    "قال كيربي للصحفيين على متن الطائرة الرئاسية إن الرئيس سيزور إيطاليا",
    "جون كيربي يعلق على هجوم موسكو",
    "المتحدث باسم البنتاغون كيربي: نراقب الوضع في أفغانستان",
    "أعرب مسؤول الأمن القومي جون كيربي عن قلقه",
    "كيربي ينفي علم واشنطن المسبق بالضربة في دمشق",
    "وقال جون كيربي منسق الاتصالات في مجلس الأمن القومي: لسنا في حرب",
    "نقلت رويترز عن كيربي قوله إن الدعم لكييف مستمر",
    "كيربي يرد على بوتين: هذا غير صحيح",
    "كيربي يؤكد أن بلاده لا تسعى للتصعيد مع طهران",
    "أوضح كيربي أن حزمة المساعدات تشمل ذخائر للدفاع الجوي",
    "المتحدث باسم مجلس الأمن القومي: لا تغيير في سياستنا.. وكيربي: سنرد",
    "جون كيربي: روسيا تحصل على صواريخ من كوريا الشمالية",
    "كيربي يصف الضربات في اليمن بالدقيقة",
    "كيربي: الرئيس بايدن أبلغ نتنياهو بموقفنا",
    "في حديث لشبكة إن بي سي قال جون كيربي إن المفاوضات مستمرة",
    "منسق الأمن القومي الأمريكي كيربي يستبعد إرسال جنود",
    "رفض كيربي تأكيد التقارير عن الهجوم الإسرائيلي",
    "البنتاغون: كيربي يشرح تفاصيل الانسحاب من كابول",
    "وأشار جون كيربى إلى أن الصين لم ترسل أسلحة فتاكة",
    "كيربي عن زيارة بوتين: لسنا قلقين",
]
NO_STATEMENTS = [
    "كيربي سمارت يقود جورجيا إلى الفوز",
    "إصدار جديد من كيربي على نينتندو سويتش",
    "شركة كيربي تعلن أرباحها",
    "انتقل الممثل كيربي إلى لندن",
    "جون كيري يدعو إلى خفض الانبعاثات",
    "المدرب كيربي يؤكد جاهزية فريقه قبل مواجهة ألاباما",
    "تعيين خلف لجون كيربي في البيت الأبيض",
    "رواية جديدة للكاتبة كيربي تصدر في لندن",
    "كيربي يسجل هدفا في مرمى أستراليا",
    "الممثلة كيربي تتألق في فيلم تدور أحداثه في روسيا",
    "العثور على جثة المواطن كيربي قرب نيويورك",
    "السيناتور كيربي من ألاسكا يستقيل",
    "نينتندو تعلن عن كيربي جديد وتقول إنه سيصدر في اليابان أولا",
]


@pytest.mark.parametrize("title", STATEMENTS)
def test_statements_are_found(shipped: RuleSet, title: str) -> None:
    """With and without his first name, his office or a verb of saying."""
    assert fires(shipped, RULE, title)


@pytest.mark.parametrize("title", NO_STATEMENTS)
def test_others_and_news_of_his_office_are_left(shipped: RuleSet, title: str) -> None:
    """The coach, the game, the company, Kerry, and who succeeds him."""
    assert fires(shipped, RULE, title) is None


@pytest.mark.parametrize("name", ["كيربي", "كيربى", "وكيربي", "گيربي", "كيـربي"])
def test_spellings_of_the_name(shipped: RuleSet, name: str) -> None:
    """Final ya of either kind, a conjunction, a gaf and tatweel."""
    assert fires(shipped, RULE, f"{name} يحذر من هجوم روسي")


def test_the_office_may_stand_in_the_summary(shipped: RuleSet) -> None:
    """A bare name in the title is he if the summary speaks of the White House, and is not if nothing tells."""
    assert fires(shipped, RULE, title="كيربي: كان يوما صعبا", summary="والبيت الأبيض يتابع الأحداث")
    assert fires(shipped, RULE, title="كيربي: كان يوما صعبا", summary="وسط أجواء عائلية") is None


def test_a_match_or_a_film_is_no_statement(shipped: RuleSet) -> None:
    """A Kirby who speaks in an entry about sport or films is another."""
    assert (
        fires(shipped, RULE, title="كيربي: فرصتنا كبيرة", summary="قال كيربي بعد مباراة فريقه في نيويورك")
        is None
    )


def test_only_his_words_are_shown(shipped: RuleSet) -> None:
    """What merely makes sure who he is does not stand among the evidence."""
    match = fires(shipped, RULE, title="كيربي يحذر من هجوم روسي", summary="واشنطن والصين في الخبر")
    assert evidence(match) == ["كيربي", "يحذر"]
