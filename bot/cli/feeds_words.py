"""The words of ``rasid feeds``: Arabic first, English beside. Whatever these commands say is said here."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feeds.errors import CatalogueProblem

STATES = {
    "ok": ("سليم", "well"),
    "dead": ("لا يجيب", "dead"),
    "moved": ("انتقل", "moved"),
    "not_a_feed": ("ليس خلاصة", "not a feed"),
    "broken": ("خلاصة معطوبة", "broken"),
    "empty": ("خلاصة فارغة", "empty"),
    "silent": ("صامت", "silent"),
    "language": ("لغة أخرى", "another language"),
    "kind": ("نوع آخر", "another kind"),
}

# What to do about a state; {better} is an address.
HINTS = {
    "dead": "جرّب الرابط في متصفح؛ فإن لم يفتح فابحث عن جديده، أو احذف المنفذ.",
    "moved": "اكتب بدلًا منه: {better} (أو شغّل الأمر بـ --fix)",
    "moved_onto_another": "العنوان الجديد في الفهرس من قبل ({taken})، فاحذف هذا السطر",
    "not_a_feed": "هذه صفحة أو شيء آخر؛ ابحث فيها عن رابط الخلاصة: rasid feeds discover URL",
    "not_a_feed_but": "هذه صفحة تذكر خلاصة؛ اكتب بدلًا منه: {better}",
    "broken": "احفظ ما يجيب به الرابط في ملف وانظر ما فيه: rasid feeds parse FILE",
    "empty": "لعل للخلاصة رابطًا آخر، أو توقف المنفذ عن النشر فيها.",
    "silent": "لعل المنفذ توقف أو نقل خلاصته؛ ابحث في صفحته: rasid feeds discover URL",
    "language": "صحح language، أو اكتب رابط القسم العربي.",
    "kind": "صحح kind أو احذفه.",
}

FETCH_HINTS = {
    "dns": "لا يوجد موقع بهذا الاسم؛ راجع كتابته.",
    "not_found": "لا شيء في هذا العنوان؛ ابحث في صفحة المنفذ: rasid feeds discover URL",
    "gone": "يقول الموقع إن الخلاصة حُذفت نهائيًا؛ احذفها من الفهرس.",
    "rate_limited": "يطلب الموقع التمهل؛ أعد الفحص بعد ساعة.",
    "tls": "شهادة الموقع غير صالحة.",
    "forbidden_address": "عنوان أو منفذ لا يُفتح للخلاصات؛ شبكتك أنت تفتحها RASID_ALLOW_PRIVATE_ADDRESSES=true",
    "http_status": "أجاب الموقع برفض أو عطل؛ جرّب الرابط في متصفح، وأعد الفحص بعد ساعة.",
    "bad_url": "الرابط غير صالح؛ يبدأ بـ https:// أو http://",
    "too_large": "أكبر من الحد؛ ليست خلاصة أخبار.",
}

NO_NETWORK = (
    "لم يُجب أي خادم: يبدو أن هذا الجهاز بلا شبكة، فلا يقول هذا شيئًا عن الخلاصات\n"
    "    not one server was reached: this machine seems to have no network, so nothing is known of the feeds"
)


def problem_text(problem: "CatalogueProblem") -> str:
    """A problem of a file for people: place, code, Arabic; then English, then the hint."""
    from bot.cli.rules_common import short_path

    place = f"{short_path(problem.path)}:{problem.line}:{problem.column}"
    lines = [f"{place} {problem.code} {problem.message}", problem.message_en]
    return "\n    ".join(lines + ([f"← {problem.hint}"] if problem.hint else []))


def state_text(state: str) -> str:
    """A state in both languages."""
    arabic, english = STATES[state]
    return f"{arabic} · {english}"


def hint_of(state: str, better: str, failure: str, taken: str = "") -> str:
    """What to do about a finding, in Arabic. ``taken``: where in the catalogue the better address stands already."""
    if state == "dead":
        return FETCH_HINTS.get(failure, HINTS["dead"])
    key = "moved_onto_another" if state == "moved" and taken else state
    key = "not_a_feed_but" if state == "not_a_feed" and better else key
    return HINTS[key].format(better=better, taken=taken)


def delete_hint(place: str) -> str:
    """What to do about a line of the catalogue that names a feed which has become another one."""
    return f"← احذف سطرها من الفهرس ({place}) · delete its line in the catalogue: {place}"
