"""Writes new addresses into catalogue files, and changes not one byte besides: comments and order stay."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from feeds.sources import Source, load_catalogue, place_key


def move(path: Path, moves: Mapping[Source, str]) -> dict[Source, bool]:
    """Replace the URL of each source by its new one in the file; which of them could be replaced.

    The file is read again before it is written: unless exactly these addresses have changed, an address is left as it
    was. ``moves``: sources of this file, with their places. Raises OSError when the file cannot be written.
    """
    text = path.read_bytes().decode("utf-8")
    done: dict[Source, bool] = {}
    for source, url in moves.items():
        changed = _replaced(text, source, url)
        done[source] = changed is not None and _means(path, text, changed, source, url)
        if changed is not None and done[source]:
            text = changed
    if any(done.values()):
        _write(path, text.encode("utf-8"))
    return done


def _replaced(text: str, source: Source, url: str) -> str | None:
    assert source.place is not None
    lines = text.splitlines(keepends=True)
    number, column = source.place.line - 1, source.place.column - 1
    if number >= len(lines):
        return None
    line = lines[number]
    for written in (source.url, f'"{source.url}"', f"'{source.url}'"):
        if line.startswith(written, column):
            new = url if written == source.url else written.replace(source.url, url)
            lines[number] = line[:column] + new + line[column + len(written) :]
            return "".join(lines)
    return None


def _means(path: Path, before: str, after: str, source: Source, url: str) -> bool:
    """Whether a changed text says what the old one said, but for the one address."""
    old, new = _sources_of(path, before), _sources_of(path, after)
    wanted = [replace(one, url=url) if one == source else one for one in old]
    others = {place_key(one.url) for one in old if one != source}
    return new == wanted and place_key(url) not in others


def _sources_of(path: Path, text: str) -> list[Source]:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_bytes(text.encode("utf-8"))
        return load_catalogue(copy)[0]


def _write(path: Path, content: bytes) -> None:
    """Exchange a file in one step, with the rights it had."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(path.stat().st_mode & 0o777)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
