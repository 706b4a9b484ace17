"""What single outlets do not show: files that nobody reads, outlets and countries that stand twice, odd names."""

import re
from collections.abc import Sequence
from pathlib import Path

from feeds.catalogue_file import Mapping, Problems, Value
from feeds.identity import canonical_link

_ARABIC = re.compile(r"[\u0600-\u06ff]")


def own_files(folder: Path, problems: Problems) -> list[Path]:
    """The files of a catalogue in order: ``folder``/*.yaml, or ``folder`` itself if it is a file.

    What lies beside them and looks like one of them is reported, and so is a folder that holds none.
    """
    if folder.is_file():
        return [folder]
    files = sorted(path for path in folder.glob("*.yaml") if not path.name.startswith("."))
    strays = {*folder.glob("*.yml"), *folder.glob("*/*.yaml"), *folder.glob("*/*.yml")}
    for path in sorted(strays):
        problems.add(
            "F017",
            path,
            (1, 1),
            "هذا الملف لا يُقرأ",
            "this file is not read: only NAME.yaml right in the folder is",
            "سمّه ‎NAME.yaml‎ وضعه في مجلد الفهرس نفسه.",
        )
    if not files:
        problems.add(
            "F016",
            folder,
            (1, 1),
            "لا توجد ملفات ‎.yaml‎ في هذا المجلد",
            "there are no .yaml files in this folder",
        )
    return files


def look_over(tops: Sequence[Mapping], problems: Problems) -> None:
    """Report what only shows when all the files lie side by side."""
    countries: dict[str, Path] = {}
    outlets: dict[str, str] = {}
    for top in tops:
        _look_at_country(top, countries, problems)
        for item in top.items("outlets", Problems()):  # what is wrong with it was reported by its reader
            _look_at_outlet(item, outlets, problems)


def _look_at_country(top: Mapping, countries: dict[str, Path], problems: Problems) -> None:
    country = top.nodes.get("country")
    if not isinstance(country, Value) or not re.fullmatch(r"[A-Z]{2}", country.text):
        return
    if country.text not in territories():
        problems.at(
            "F021",
            country,
            f"رمز بلد غير معروف: {country.text}",
            f"unknown country code: {country.text}",
            "رمز ISO 3166 من حرفين، مثل EG.",
        )
    first = countries.setdefault(country.text, top.path)
    if first != top.path:
        problems.at(
            "F022",
            country,
            f"للبلد {country.text} ملف آخر: {first.name}",
            f"another file has the country {country.text}: {first.name}",
            "ملف واحد لكل بلد يسهل البحث فيه.",
        )


def territories() -> "set[str]":
    """The codes of all countries."""
    from babel import Locale

    return set(Locale("en").territories)


def _look_at_outlet(item: Mapping, outlets: dict[str, str], problems: Problems) -> None:
    name, arabic = item.nodes.get("outlet"), item.nodes.get("outlet_ar")
    if isinstance(name, Value) and name.text.strip():
        first = outlets.setdefault(name.text.strip().casefold(), name.place)
        if first != name.place:
            problems.at(
                "F018",
                name,
                f"هذا المنفذ مذكور من قبل في {first}",
                f"this outlet stands already in {first}",
                "اجمع روابطه في قائمة feeds واحدة.",
            )
    if isinstance(arabic, Value) and arabic.text.strip() and not _ARABIC.search(arabic.text):
        problems.at(
            "F019",
            arabic,
            f"اسم عربي بلا حروف عربية: {arabic.text}",
            f"outlet_ar has no Arabic letter: {arabic.text}",
        )
    for holder in [item, *item.items("feeds", Problems())]:
        url = holder.nodes.get("url")
        if isinstance(url, Value):
            _look_at_url(url, problems)


def _look_at_url(url: Value, problems: Problems) -> None:
    """A parameter that says where a reader came from is no part of a feed's address."""
    plain = canonical_link(url.text)
    if "?" in url.text and plain.count("=") < url.text.count("="):
        problems.at(
            "F023",
            url,
            "في الرابط ما يتتبع القارئ",
            "the URL holds a parameter that says who follows it",
            f"يكفي: {plain}",
        )
