"""A new rule's file: a commented skeleton that loads at once and says what to fill in."""

import re

from rules.schema import ID

_LONGEST = 40  # as in the schema

BLANKS = ("(عنوان القاعدة)", "(title)", "(desk)", "(لماذا كُتبت، وما الذي لا تريده)")
PHRASES = ("عبارة أولى", "عبارة ثانية", "عبارة ثالثة", "عبارة رابعة")
"""What the skeleton has in the place of phrases."""

_SKELETON = """\
# قاعدة جديدة. كل ما بعد علامة # تعليق لا يقرؤه راصد. املأ ما بين القوسين ثم شغّل: .venv/bin/rasid rules check
rule: {rule}
# العنوان كما يراه المشترك، ثم بالإنجليزية لمن اختارها
title: (عنوان القاعدة)
title_en: (title)
# draft مسودة لا تعمل، ثم shadow تطابق ولا تنبه، ثم live
status: draft
# الخطر: low ثم medium ثم high ثم critical
severity: medium
# من يُسأل عنها
owner: (desk)
why: (لماذا كُتبت، وما الذي لا تريده)
match:
  # all كل ما تحتها لازم. وتحتها عبارات، أو أسماء من القواميس أمامها $ مثل $putin
  all:
    - عبارة أولى
    # near ما يجب أن يتقارب، وفي within كم كلمة بينها على الأكثر
    - near:
        within: 8
        of:
          - عبارة ثانية
          - any:
              - عبارة ثالثة
              - عبارة رابعة
# كلمات لا تُحسب، لكل منها سبب. احذف # من أول السطور إن احتجتها
# without:
#   - phrase: عبارة تخدع القاعدة
#     because: السبب
# متى يعلو خطرها
# escalate:
#   - when: عاجل
#     severity: high
# ما نعرف أنه يخدعها
# false_positives:
#   - مثال
# عشرة أمثلة من كل نوع على الأقل قبل أن تصير live، تكتبها أنت
examples:
  match:
    - هنا عبارة أولى، وبعدها عبارة ثانية قرب عبارة ثالثة
  no_match:
    - هنا عبارة أولى وحدها
"""


def is_id(text: str) -> bool:
    """Whether a text may be the id of a rule (or the name of a topic)."""
    return len(text) <= _LONGEST and re.fullmatch(ID, text) is not None


def skeleton(rule_id: str) -> str:
    """The text of a draft of that id; ValueError for what is no id."""
    if not is_id(rule_id):
        raise ValueError(rule_id)
    return _SKELETON.format(rule=rule_id)
