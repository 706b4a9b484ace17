"""Which characters are letters, marks and controls, and what each letter is folded to.

Everything stands as code points, since half of these characters are invisible in an editor. The tables were
checked against the Unicode names (``tests/rules/test_fold.py`` does it again).
"""

# Ranges for a character class of ``re``. Tatweel, marks and digits are not among the letters.
LETTERS = (
    "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u0673\u0675-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06fc\u06ff"
    "\u0750-\u077f\u0870-\u0887\u0889-\u088e\u08a0-\u08c8"
    "\ufb50-\ufbb1\ufbd3-\ufc5d\ufc64-\ufcf1\ufcf5-\ufd3d\ufd50-\ufdc7\ufdf0-\ufdfb"  # presentation forms, ligatures
    "\ufe80-\ufefc"
    "\U0001ee00-\U0001eebb"  # mathematical letters: NFKC turns them into plain ones
)
MARKS = (
    "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff"
)
# Isolated and medial forms of the marks. NFKC would put a space or a tatweel before each, and so part the word.
LOOSE_MARKS = "\ufe70-\ufe7f\ufc5e-\ufc63\ufcf2-\ufcf4"
TATWEEL = "\u0640"
HIGH_HAMZA = "\u0674"
# Soft hyphen, Arabic letter mark, zero-width characters, bidi embeddings and isolates, BOM.
CONTROLS = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
DIGITS = "0-9\u0660-\u0669\u06f0-\u06f9"
THOUSANDS = ",\u060c\u066c"  # comma, Arabic comma, Arabic thousands separator

_FOLDED = {
    "ا": "أإآٱ\u0672\u0673\u0675",
    "ي": "ى\u06cc\u06cd\u06ce\u06d0\u06d1\u06d2\u06d3\u063d\u063e\u063f\u0620",
    "ه": "ة\u06be\u06c0\u06c1\u06c2\u06c3\u06d5\u06ff",
    "ك": "\u06a9\u06aa\u06ab\u06ac\u06ad\u06ae\u06af\u06b0\u06b1\u06b2\u06b3\u06b4\u063b\u063c\u0762\u0763\u0764",
    "ب": "\u067e\u067b\u0680",
    "ف": "\u06a4\u06a5\u06a2\u06a3\u06a1\u06a6",
    "ق": "\u06a7\u06a8",
    "ج": "\u0686\u0683\u0684\u0687",
    "ز": "\u0698\u0697",
    "غ": "\u06a0",
    "و": "\u06c4\u06c5\u06c6\u06c7\u06c8\u06c9\u06ca\u06cb\u06cf\u0676\u0677",
    "ت": "\u0679\u067c\u067d\u067a",
    "د": "\u0688\u0689\u068a",
    "ر": "\u0691\u0692\u0693\u0694\u0695",
    "س": "\u069a\u069b",
    "ل": "\u06b5\u06b6\u06b7\u06b8",
    "ن": "\u06b9\u06ba\u06bb\u06bc\u06bd",
}
_ZEROS = "\u0660\u06f0"


def expand(ranges: str) -> str:
    """The characters of a class such as ``a-cx`` one by one: ``abcx``."""
    found: list[str] = []
    at = 0
    while at < len(ranges):
        if ranges[at + 1 : at + 2] == "-":
            found.extend(chr(code) for code in range(ord(ranges[at]), ord(ranges[at + 2]) + 1))
            at += 3
        else:
            found.append(ranges[at])
            at += 1
    return "".join(found)


def letter_table() -> dict[int, str | None]:
    """For ``str.translate``: variant letters to the plain one, digits to 0-9, marks to nothing.

    ؤ and ئ stay as they are: folding them makes one word of too many.
    """
    table: dict[int, str | None] = {ord(mark): None for mark in expand(MARKS)}
    table |= {ord(letter): plain for plain, letters in _FOLDED.items() for letter in letters}
    table |= {ord(zero) + n: str(n) for zero in _ZEROS for n in range(10)}
    return table | dict.fromkeys((0x20, 0x0674, 0x06E5, 0x06E6))  # a space comes out of ligatures only


def dropped_table() -> dict[int, None]:
    """For ``str.translate``: what is taken out before NFKC, which would make spaces of some of it."""
    return {ord(char): None for char in expand(CONTROLS + LOOSE_MARKS + TATWEEL + HIGH_HAMZA + THOUSANDS)}
