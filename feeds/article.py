"""A web page -> the text of its article. Pure, and without a bound on its time: ``feeds.page_readers`` gives it one."""

from feeds.charset import decode
from feeds.text import MAX_CONTENT, paragraphs

MAX_PAGE = 3 * 2**20  # bytes; the largest article pages seen are under one
SHORTEST = 200  # characters: what is less is a notice about cookies or a paywall, not an article


def extract(page: bytes, content_type: str = "", url: str = "") -> str:
    """The text of the article on a page, a newline between paragraphs; "" where there is none.

    Nothing is fetched. Raises whatever the parsers raise on hostile pages.
    """
    import trafilatura

    found = trafilatura.extract(
        decode(page, content_type).text,
        url=url or None,
        include_comments=False,
        include_tables=False,
        favor_precision=True,
    )
    text = paragraphs(found or "", MAX_CONTENT)
    return text if len(text) >= SHORTEST else ""
