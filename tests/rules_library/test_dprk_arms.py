"""Arms and troops between North Korea and Russia: told from tests, parades and the arms of others."""

import pytest

from rules import RuleSet
from tests.rules_library.cases import fires

RULE = "dprk-arms"
TRANSFERS = [
    "واشنطن: كوريا الشمالية أرسلت أكثر من ألف حاوية من المعدات العسكرية إلى روسيا",
    "سيول: بيونغ يانغ شحنت ملايين القذائف إلى موسكو",
    "كيم يو جونغ: لا نية لنا لتصدير أسلحة إلى روسيا",
    "تقرير أممي: حطام صاروخ خاركيف كوري شمالي",
    "زيلينسكي: روسيا تستخدم جنودا من كوريا الشمالية في اقتحام مواقعنا",
    "الناتو يؤكد نشر قوات كورية شمالية في كورسك",
    "روسيا تزود كوريا الشمالية بمنظومات دفاع جوي مقابل الجنود",
    "الاستخبارات الكورية الجنوبية: مقتل نحو 300 جندي كوري شمالي في المعارك مع أوكرانيا",
    "روسيا تنفي حصولها على ذخيرة من بيونغ يانغ",
    "صور أقمار صناعية تكشف نقل أسلحة بين كوريا الشمالية وروسيا عبر البحر",
    "بلينكن: موسكو تتطلع لشراء أسلحة من كوريا الشمالية",
    "الكرملين لا يعلق على تقارير عن شراء صواريخ كورية شمالية",
    "كوريا الشمالية تعترف لأول مرة بإرسال قوات إلى روسيا",
    "كيم يكرم الجنود العائدين من القتال في روسيا",
    "مخاوف من حصول بيونغ يانغ على تكنولوجيا الغواصات من روسيا",
    "أوكرانيا تقول إن نصف القذائف التي تستخدمها روسيا مصدرها كوريا الشمالية",
    "روسيا قد تساعد كوريا الشمالية في تطوير أسلحتها مقابل الذخائر",
    "اليابان تفرض عقوبات على شركات متورطة في تجارة السلاح بين روسيا وكوريا الشمالية",
    "وزير الدفاع الأوكراني: القوات الكورية الشمالية دخلت المعركة",
    "بيونج يانج ستزود موسكو بمدافع بعيدة المدى",
]
NO_TRANSFERS = [
    "كوريا الشمالية تطلق صواريخ قصيرة المدى وموسكو تدعو لضبط النفس",
    "كوريا الجنوبية تصدر مدافع هاوتزر لبولندا وسط الحرب في أوكرانيا",
    "روسيا تستخدم الفيتو ضد تمديد لجنة خبراء العقوبات على كوريا الشمالية",
    "كيم يشرف على تدريبات مدفعية",
    "إيران تنفي تزويد روسيا بصواريخ باليستية",
    "واشنطن تزود كييف بصواريخ أتاكمز وكوريا الشمالية تندد",
    "بوتين وكيم يتفقان على تعزيز التعاون في كل المجالات",
    "الجيش الروسي يعلن السيطرة على بلدة في دونيتسك",
    "قوات أمريكية وكورية جنوبية تبدأ مناورات",
    "كوريا الشمالية تستعرض صواريخها بحضور وزير الدفاع الروسي",
    "سيول تدرس إرسال أسلحة فتاكة إلى أوكرانيا ردا على معاهدة روسيا وكوريا الشمالية",
    "روسيا وكوريا الشمالية تفتتحان خط قطار بين موسكو وبيونغ يانغ",
    "الصين وروسيا تعارضان عقوبات جديدة على كوريا الشمالية بعد تجربة صاروخية",
    "وفد عسكري روسي يزور بيونغ يانغ",
]


@pytest.mark.parametrize("title", TRANSFERS)
def test_transfers_are_found(shipped: RuleSet, title: str) -> None:
    """Shipments, deals, denials, assessments, debris and soldiers, in either direction."""
    assert fires(shipped, RULE, title)


@pytest.mark.parametrize("title", NO_TRANSFERS)
def test_other_arms_are_left(shipped: RuleSet, title: str) -> None:
    """Tests and parades, arms for Ukraine and Poland, Iran's arms, and other business of the two."""
    assert fires(shipped, RULE, title) is None


@pytest.mark.parametrize(
    "name", ["بيونغ يانغ", "بيونج يانج", "بيونغيانغ", "بيونجيانج", "كوريا الشمالية", "كوريا الديمقراطية"]
)
def test_every_spelling_of_the_north_counts(shipped: RuleSet, name: str) -> None:
    """The spellings of Egypt, the Levant and the Gulf are one to the rule."""
    assert fires(shipped, RULE, f"روسيا تتسلم ذخائر من {name}")


def test_two_stories_in_one_entry_are_not_added_up(shipped: RuleSet) -> None:
    """North Korea in one paragraph and a Russian arms deal with others far below are no transfer between them."""
    filler = " ".join(["وتناول اللقاء ملفات اقتصادية عدة بين الطرفين"] * 6)
    body = f"بعثت كوريا الشمالية برقية تعزية. {filler} ووقعت روسيا مع الجزائر صفقة طائرات مسيرة."
    assert fires(shipped, RULE, body=body) is None
