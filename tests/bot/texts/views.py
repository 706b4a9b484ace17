"""Alerts of our own making, from the plainest to the most hostile."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.texts.alert import AlertView, RuleLine

NOW = datetime(2024, 6, 18, 18, 30, tzinfo=UTC)
VISIT = RuleLine("زيارات بوتين إلى كوريا الشمالية", "critical")
ARMS = RuleLine("أسلحة كورية شمالية لروسيا", "high")


def spans(text: str, *words: str) -> tuple[tuple[int, int], ...]:
    """Where each word first stands in ``text``."""
    return tuple(sorted((text.index(word), text.index(word) + len(word)) for word in words))


_TITLE = "بوتين يصل إلى بيونغ يانغ في أول زيارة منذ ربع قرن"
_SUMMARY = (
    "حطّت طائرة الرئيس الروسي فلاديمير بوتين فجر الأربعاء في مطار بيونغ يانغ، وكان في استقباله الزعيم كيم جونغ أون. "
    "ومن المقرر أن يوقّع الجانبان اتفاقًا للشراكة، وفق ما قال الكرملين."
)

FULL = AlertView(
    alert_id=7,
    severity="critical",
    title=_TITLE,
    summary=_SUMMARY,
    content="",
    link="https://news.example/world/12?ref=rss&lang=ar",
    outlet="وكالة المدينة",
    published_at=datetime(2024, 6, 18, 18, 22, tzinfo=UTC),
    seen_at=datetime(2024, 6, 18, 18, 23, tzinfo=UTC),
    rules=(VISIT,),
    title_spans=spans(_TITLE, "بوتين", "بيونغ يانغ"),
    summary_spans=spans(_SUMMARY, "بوتين", "بيونغ يانغ"),
    reasons=("بوتين", "يصل", "بيونغ يانغ"),
    sources=4,
)

_BODY = (
    "افتتح المعرض السنوي للكتاب أبوابه صباح اليوم وسط إقبال واسع من الزوار. " * 6
    + "وعلى هامشه كشف خبير عن شحنة من الصواريخ الكورية الشمالية وصلت إلى مرفأ روسي في الشرق. "
    + "وينتهي المعرض بعد عشرة أيام. " * 40
)

_HOSTILE = (
    '\u202e<b>بوتين</b> & \u2067"كيم"\u0000 /unfollow الكل @desk_bot <script>https://evil.example/x</script> '
)

VIEWS: dict[str, AlertView] = {
    "full": FULL,
    "short": replace(
        FULL, severity="low", summary="", summary_spans=(), sources=1, rules=(replace(VISIT, severity="low"),)
    ),
    "english": replace(
        FULL,
        language="en",
        outlet="City Agency",
        rules=(RuleLine("Putin's visits to North Korea", "critical"),),
    ),
    "two_rules": replace(FULL, rules=(ARMS, VISIT), reasons=("بوتين", "بيونغ يانغ", "صواريخ"), sources=2),
    "watch": replace(
        FULL,
        noticed=("6 قصص من 4 مصادر في يوم، والمعتاد في مثلها 1.3",),
        rules=(VISIT, RuleLine("كثرة مفاجئة في أخبار الزيارة", "high")),
    ),
    "watch_silence": replace(
        FULL,
        severity="medium",
        noticed=("لا جديد منذ 7 أيام، وهذا آخر ما ورد",),
        rules=(RuleLine("انقطاع أخبار الزيارة", "medium"),),
        summary="",
        summary_spans=(),
        sources=1,
    ),
    "watch_english": replace(
        FULL,
        language="en",
        outlet="City Agency",
        noticed=("6 stories from 4 sources in 1 day, where 1.3 is usual",),
        rules=(RuleLine("A sudden rise in news of the visit", "high"),),
    ),
    "may_be_duplicate": replace(FULL, may_be_duplicate=True, sources=3),
    "follow_up": replace(FULL, follows_up=True),
    "follow_up_graver": replace(
        FULL,
        title="الكرملين: بوتين وكيم يوقّعان اتفاقًا للدفاع المشترك",
        title_spans=(),
        rules=(VISIT, ARMS),
        follows_up=True,
        raised_from="medium",
    ),
    "follow_up_english": replace(
        FULL,
        language="en",
        outlet="City Agency",
        rules=(RuleLine("Putin's visits to North Korea", "critical"),),
        follows_up=True,
        raised_from="high",
    ),
    "no_link": replace(FULL, link="javascript:alert(1)", published_at=None, sources=15),
    "dated_ahead": replace(FULL, published_at=datetime(2024, 6, 19, 18, tzinfo=UTC), reasons=()),
    "found_in_the_body": replace(
        FULL,
        severity="high",
        title="افتتاح معرض الكتاب",
        summary="افتتاح معرض الكتاب",
        content=_BODY,
        rules=(ARMS,),
        title_spans=(),
        summary_spans=(),
        content_spans=spans(_BODY, "الصواريخ الكورية الشمالية", "روسي"),
        reasons=("الصواريخ الكورية الشمالية", "روسي"),
        sources=1,
    ),
    "latin_title": replace(
        FULL,
        title="Putin lands in Pyongyang (KCNA).",
        title_spans=((0, 5), (15, 24)),
        summary="KCNA: الزيارة تبدأ 2024-06-19 وتنتهي في اليوم نفسه (USS-5).",
        summary_spans=(),
        outlet="News 24",
        reasons=("Putin", "Pyongyang"),
        sources=2,
    ),
    "hostile": replace(
        FULL,
        title=_HOSTILE + "ب\u0651\u064b\u0650\u0651\u064b\u0650\u0651\u064b\u0650 " + "طويل جدًا " * 1000,
        summary=_HOSTILE,
        summary_spans=((4, 9),),
        title_spans=((4, 9),),
        outlet="\u202eوكالة <i>المدينة</i>",
        link='https://news.example/"><script>\u202ex y',
        reasons=(_HOSTILE, "", "\u0000", "<i>"),
        rules=(RuleLine("<b>قاعدة</b>", "critical"), RuleLine("أخرى", "unheard")),
    ),
    "untitled": replace(
        FULL, title="\u200f \u0000", title_spans=(), summary="", summary_spans=(), outlet="", sources=0
    ),
}
