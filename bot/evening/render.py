"""A feed's view -> the bytes that its outlet would serve. Pure: equal views give equal bytes."""

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape
from typing import Any

from lxml import etree

from bot.evening.scenario import PlayedFeed
from bot.evening.timetable import Timetable
from bot.evening.views import EntryView, FeedView

_ATOM = "http://www.w3.org/2005/Atom"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DC = "http://purl.org/dc/elements/1.1/"
_MEDIA_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml"}


def render(feed: PlayedFeed, view: FeedView, timetable: Timetable) -> bytes:
    """The feed's XML in its own format and charset, with the charset in its declaration."""
    writer = _Writer(feed, timetable)
    root = writer.atom(view) if feed.format == "atom" else writer.rss(view)
    text: str = etree.tostring(root, encoding="unicode")
    declared = f'<?xml version="1.0" encoding="{feed.charset}"?>\n{text}'
    return declared.encode(feed.charset, "xmlcharrefreplace")


def content_type(feed: PlayedFeed) -> str:
    """The Content-Type that the feed is served with."""
    return _MEDIA_TYPES[feed.format] + (f"; charset={feed.charset}" if feed.charset_in_http else "")


class _Writer:
    """Writes one feed's XML in its house style."""

    def __init__(self, feed: PlayedFeed, timetable: Timetable) -> None:
        self._feed = feed
        self._timetable = timetable
        self._zone = timezone(timedelta(hours=feed.utc_offset))

    def rss(self, view: FeedView) -> Any:
        root = etree.Element("rss", {"version": "2.0"}, nsmap={"content": _CONTENT, "dc": _DC})
        channel = etree.SubElement(root, "channel")
        self._add(channel, "title", self._feed.outlet_ar)
        self._add(channel, "link", self._feed.site)
        self._add(channel, "description", f"آخر الأخبار من {self._feed.outlet_ar}")
        self._add(channel, "language", "ar")
        self._add(channel, "lastBuildDate", format_datetime(self._date(view.changed)))
        for entry in view.entries:
            self._rss_item(etree.SubElement(channel, "item"), entry)
        return root

    def _rss_item(self, item: Any, entry: EntryView) -> None:
        self._add(item, "title", entry.title)
        self._add(item, "link", entry.link)
        if entry.guid:
            permalink = "true" if self._feed.guid == "permalink" else "false"
            self._add(item, "guid", entry.guid, isPermaLink=permalink)
        self._add(item, "pubDate", format_datetime(self._date(entry.published)))
        if entry.author:
            self._add(item, f"{{{_DC}}}creator", entry.author)
        self._add_html(item, "description", entry.summary)
        if entry.body:
            self._add_html(item, f"{{{_CONTENT}}}encoded", entry.body)

    def atom(self, view: FeedView) -> Any:
        root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
        root.set("{http://www.w3.org/XML/1998/namespace}lang", "ar")
        self._add(root, f"{{{_ATOM}}}id", f"{self._feed.site}/")
        self._add(root, f"{{{_ATOM}}}title", self._feed.outlet_ar)
        self._add(root, f"{{{_ATOM}}}updated", self._date(view.changed).isoformat())
        etree.SubElement(root, f"{{{_ATOM}}}link", {"rel": "alternate", "href": self._feed.site})
        for entry in view.entries:
            self._atom_entry(etree.SubElement(root, f"{{{_ATOM}}}entry"), entry)
        return root

    def _atom_entry(self, item: Any, entry: EntryView) -> None:
        self._add(item, f"{{{_ATOM}}}id", entry.guid or entry.link)
        self._add(item, f"{{{_ATOM}}}title", entry.title)
        etree.SubElement(item, f"{{{_ATOM}}}link", {"rel": "alternate", "href": entry.link})
        self._add(item, f"{{{_ATOM}}}published", self._date(entry.published).isoformat())
        self._add(item, f"{{{_ATOM}}}updated", self._date(max(entry.published, entry.updated)).isoformat())
        author = etree.SubElement(item, f"{{{_ATOM}}}author")
        self._add(author, f"{{{_ATOM}}}name", entry.author or self._feed.outlet_ar)
        self._add(item, f"{{{_ATOM}}}summary", entry.summary)
        if entry.body:
            self._add_html(item, f"{{{_ATOM}}}content", entry.body, type="html")

    def _date(self, seconds: float) -> datetime:
        """The real date in whole seconds: feeds give no more, and cutting never leads into the future."""
        return self._timetable.wall(seconds).astimezone(self._zone).replace(microsecond=0)

    def _add(self, parent: Any, tag: str, text: str, **attributes: str) -> None:
        etree.SubElement(parent, tag, attributes).text = text

    def _add_html(self, parent: Any, tag: str, paragraphs: str, **attributes: str) -> None:
        markup = "\n".join(f"<p>{escape(line, quote=False)}</p>" for line in paragraphs.splitlines() if line)
        text = etree.CDATA(markup) if self._feed.markup == "cdata" else markup
        etree.SubElement(parent, tag, attributes).text = text
