"""Putin's trips abroad: told from others' trips to him, and from what he does at home."""

import pytest

from rules import RuleSet, Severity
from tests.rules_library.cases import evidence, fires

RULE = "putin-visits"
TRIPS = [
    "بوتين يصل فيتنام ثاني محطات جولته الآسيوية",
    "الكرملين: بوتين سيتوجه إلى بيلاروسيا غدا",
    "استقبال حاشد للرئيس الروسي في شوارع بيونغ يانغ",
    "الرئيس الروسي يحط رحاله في طهران",
    "بوتين يلتقي شي في بكين للمرة الثانية خلال شهر",
    "قمة بوتين ومودي في نيودلهي تبحث التعاون النووي",
    "سيئول قلقة من زيارة الرئيس الروسي إلى جارتها الشمالية",
    "كيم جونغ أون يرافق بوتين إلى المطار في ختام زيارة استمرت يوما",
    "الكرملين: بوتين قبل دعوة لزيارة الهند",
    "لا موعد محددا بعد لزيارة بوتين إلى تركيا",
    "بوتين لن يسافر إلى جنوب أفريقيا لحضور قمة بريكس",
    "مذكرة التوقيف الدولية تعرقل سفر بوتين إلى البرازيل",
    "أردوغان: ننتظر زيارة بوتين قريبا",
    "واشنطن تعلق على زيارة الرئيس الروسي لكوريا الشمالية",
    "فلاديمير بوتين يختتم زيارة دولة إلى الصين",
    "الكرملين يؤكد أن زيارة الرئيس الروسي لكوريا الديمقراطية ستتم في الوقت المناسب",
    "طائرة الرئيس الروسي تهبط في هانوي",
    "بوتين يتوجه إلى أذربيجان في زيارة دولة",
    "الرئيس بوتين يقوم بأول زيارة له إلى منغوليا منذ صدور مذكرة الاعتقال",
    "بوتن يعود من بيونغ يانغ بعد توقيع المعاهدة",
    "كيم: زيارة بوتين أعظم حدث في تاريخ بلدينا",
    "هل يزور بوتين السعودية هذا العام؟",
    "بوتين يغادر بيونغ يانغ متوجها إلى فيتنام",
    "المجر مستعدة لاستضافة بوتين وترامب في بودابست",
    "بوتين وكيم يتبادلان الهدايا في العاصمة الكورية الشمالية",
]
NO_TRIPS = [
    "بوتين يستقبل شي جين بينغ في موسكو",
    "كيم يصل إلى فلاديفوستوك للقاء بوتين",
    "بوتين يفتتح جسرا في القرم",
    "بوتين: الغرب يريد إضعاف روسيا",
    "وزير الخارجية الصيني يزور روسيا ويلتقي بوتين",
    "بوتين يعقد اجتماعا عبر الفيديو مع حكام الأقاليم",
    "بوتين يتصل بالرئيس الإيراني ويبحث معه التصعيد في غزة",
    "ترامب يقول إنه سيتحدث مع بوتين الثلاثاء",
    "بوتين يزور غروزني لأول مرة منذ سنوات",
    "بوتين يأمر بزيادة الإنفاق العسكري",
    "لافروف في بيونغ يانغ حاملا رسالة من بوتين",
    "بوتين يستقبل وزيرة خارجية كوريا الشمالية في الكرملين",
    "أردوغان يعلن أنه سيزور روسيا للقاء بوتين بشأن اتفاق الحبوب",
    "الرئيس السوري يصل إلى موسكو في أول زيارة رسمية ويلتقي بوتين",
    "زعيم كوريا الشمالية يوجه رسالة تهنئة إلى بوتين",
    "بوتين يلتقي مودي على هامش قمة بريكس في قازان",
    "مبعوث ترامب ويتكوف يزور موسكو ويلتقي بوتين",
    "الملك سلمان يبحث مع بوتين هاتفيا استقرار سوق النفط",
    "الصين ترحب بتصريحات بوتين بشأن أوكرانيا",
    "منذ وصول بوتين إلى السلطة تغيرت روسيا",
    "نتنياهو يزور موسكو ويبحث مع بوتين الوضع في سوريا",
    "بوتين يتفقد قاعدة بحرية في مورمانسك",
    "مستشار بوتين يصل إلى طهران",
]
TO_NORTH_KOREA = [
    "بوتين يصل إلى بيونغ يانغ",
    "كيم يستقبل بوتين في المطار",
    "زيارة بوتين لكوريا الديمقراطية تقلق الجيران",
    "بوتين وكيم يوقعان المعاهدة في بيونجيانج",
    "بيونج يانج تتأهب لاستقبال الرئيس الروسي",
]
ELSEWHERE = [
    "بوتين يصل إلى هانوي",
    "بوتين يزور الصين بعد أسابيع من تجربة نووية في كوريا الشمالية",
    "أردوغان يستقبل بوتين في أنقرة",
]


@pytest.mark.parametrize("title", TRIPS)
def test_trips_are_found(shipped: RuleSet, title: str) -> None:
    """Plans, arrivals, receptions, invitations, cancellations and comments, in any spelling."""
    assert fires(shipped, RULE, title)


@pytest.mark.parametrize("title", NO_TRIPS)
def test_what_is_no_trip_of_his_is_left(shipped: RuleSet, title: str) -> None:
    """Others who visit Russia, calls, letters, and his trips within Russia."""
    assert fires(shipped, RULE, title) is None


@pytest.mark.parametrize("title", TO_NORTH_KOREA)
def test_north_korea_makes_it_critical(shipped: RuleSet, title: str) -> None:
    """A trip to North Korea is escalated."""
    match = fires(shipped, RULE, title)
    assert match is not None and match.severity is Severity.CRITICAL


@pytest.mark.parametrize("title", ELSEWHERE)
def test_other_trips_are_not_critical(shipped: RuleSet, title: str) -> None:
    """A trip to another country keeps the rule's own severity."""
    match = fires(shipped, RULE, title)
    assert match is not None and match.severity is Severity.HIGH


def test_another_visit_cancels_only_its_own_words(shipped: RuleSet) -> None:
    """An entry that tells of Kim's trip to Russia and of Putin's to North Korea is about Putin's as well."""
    assert fires(shipped, RULE, "زيارة كيم إلى روسيا جاءت قبل زيارة بوتين إلى كوريا الشمالية")


def test_the_words_shown_are_those_of_the_original(shipped: RuleSet) -> None:
    """Marks, tatweel and quotes stay in the evidence as they were written."""
    match = fires(shipped, RULE, body="أعلن «الكرملين» أنّ بوتـيـن سَيَزورُ بيونغ-يانغ غداً")
    assert evidence(match) == ["بوتـيـن", "سَيَزورُ", "بيونغ-يانغ"]


def test_title_and_body_are_not_read_as_one(shipped: RuleSet) -> None:
    """A name in the title and somebody else's visit in the body are no trip."""
    assert fires(shipped, RULE, title="بوتين يخطب في موسكو", body="وزار السفير الصين الشهر الماضي") is None
