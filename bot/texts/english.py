"""English, for chats that ask for it."""

from bot.texts.language import Plural
from bot.texts.words import (
    AlertWords,
    ButtonWords,
    CommandWords,
    RuleNewsWords,
    SeverityWords,
    TalkWords,
    Words,
)

ALERT = AlertWords(
    head="{severity}\n{title}",
    untitled="A report without a title",
    follow_up="A follow-up to an earlier alert.",
    may_be_duplicate="You may have had this alert before: the connection broke while it was first sent.",
    rules=Plural(one="Rule: {rules}", other="Rules: {rules}"),
    rule_and_severity="{rule} ({severity})",
    source="Source: {outlet}",
    sources=Plural(one="Source: {outlet}, and one other", other="Source: {outlet}, and {n} others"),
    published="Published: {when}",
    seen="Seen: {when}",
    reason="Why this alert: it mentions {words}",
    watch="What stands out: {reason}",
    word="“{word}”",
    summary="Summary\n{text}",
    passage="From the text\n{text}",
    link="Read the report at its publisher",
)

COMMANDS = CommandWords(
    start="Start, and what Rasid is",
    help="What the commands do",
    rules="The rules there are, and choosing among them",
    follow="Follow a rule, or all of them",
    unfollow="Stop following a rule, or all of them",
    list="The rules followed here",
    latest="The latest alerts",
    lang="The language of messages (اللغة)",
)

TALK = TalkWords(
    hello="Welcome to Rasid",
    what_it_is="Rasid reads Arabic news feeds and tells you, within a minute, when a story you follow moves.",
    hello_group="Hello, this is Rasid: it tells you here when a story you follow moves.",
    group_admins="Admins choose here what is followed, and the language.",
    group_topics="In a group with topics, alerts go to the topic in which the command was written.",
    to_rules="Choose what to follow: {command}",
    to_help="All commands: {command}",
    other_language="In Arabic (العربية): {command}",
    help_title="Rasid's commands",
    help_line="{command}: {text}",
    help_examples="Examples",
    example_follow_number="Follow the first rule of the list: {command}",
    example_follow_all="Follow all rules: {command}",
    example_latest="The latest ten alerts: {command}",
    no_rules="There are no rules at the moment.",
    rules_title=Plural(one="One rule to follow", other="{n} rules to follow"),
    rules_page="Page {page} of {pages}",
    rule_number="Rule {number}: {title}",
    rule_severity="Severity: {severity}",
    rule_followed="Severity: {severity} ✅ followed",
    rule_why="{why}",
    follows_all="Followed here: all rules, and those to come ✅",
    followed_now=Plural(one="Now followed: {rules} ✅", other="Now followed: {rules} ✅"),
    followed_before=Plural(one="Followed already: {rules}", other="Followed already: {rules}"),
    followed_all="All rules are now followed, and those to come ✅",
    unfollowed_now=Plural(one="No longer followed: {rules}", other="No longer followed: {rules}"),
    unfollowed_all="No rule is followed any more; no new alerts come here.",
    not_followed=Plural(one="Not followed anyway: {rules}", other="Not followed anyway: {rules}"),
    follows_the_rest=Plural(
        one="One rule is still followed here; rules to come are not followed by themselves.",
        other="{n} rules are still followed here; rules to come are not followed by themselves.",
    ),
    follows_nothing="No rule is followed here yet. Choose what to follow: {command}",
    list_title=Plural(one="One rule is followed here", other="{n} rules are followed here"),
    list_idle=Plural(one="Followed, but switched off: {rules}", other="Followed, but switched off: {rules}"),
    which_one="Several rules have these words. Which one do you mean?",
    unknown_rule="There is no such rule: {asked}",
    did_you_mean="Perhaps you mean: {rules}",
    link_unknown_rule="The rule of that link is no longer there.",
    latest_title=Plural(one="The latest alert", other="The latest {n} alerts"),
    latest_of_all="Of all rules, since none is followed here yet.",
    latest_none="No alerts yet. They will come here when a followed story moves.",
    latest_wrong_number="Write a number from 1 to {most}, such as {command}",
    latest_line="{severity}\n{title}",
    latest_from="Source: {outlet}, {when}",
    language_ask="Choose the language of messages",
    language_set="Messages here are now in English.",
    language_unknown="I do not know this language: {asked}",
    admins_only="Sorry, this is for admins of the group or channel.",
    unknown_command="I do not know this command. All commands: {command}",
    not_a_command="I understand commands only. All of them: {command}",
    sorry="Sorry, something went wrong on our side and this was not done. It was noted; please try again later.",
    rival="Another process listens to Telegram with this bot's token, so people's commands may go astray. "
    "Stop one of the two; if you do not know it, change the token at @BotFather.",
    old_button="This button is old; please send the command again.",
    rule_gone="This rule is no longer there.",
)

BUTTONS = ButtonWords(
    rules="Rules to follow",
    follow="Follow: {title}",
    unfollow="Stop: {title}",
    follow_all="Follow all",
    unfollow_all="Stop all",
    previous="Previous",
    next="Next",
)

RULE_NEWS = RuleNewsWords(
    broken=Plural(one="A rule file is wrong", other="{n} rule files are wrong"),
    file="File: {file}",
    folder="Folder: {file}",
    breaks_others="Its change (or deletion) breaks what depends on it:",
    place="Where: {place}",
    problem="Error: {message}",
    hint="To mend it: {hint}",
    more_problems=Plural(one="and one more error", other="and {n} more errors"),
    last_good="Its last good version runs.",
    nothing="Nothing of it runs: there is no good version that would do.",
    partly="Only what is right in it runs.",
    more_files=Plural(one="and one more file", other="and {n} more files"),
    mended=Plural(one="Mended: {files}", other="Mended: {files}"),
    all_well="All rules are well now and run as the files say.",
    to_check="All errors in full: {command}",
)


ENGLISH = Words(
    language="en",
    severity=SeverityWords(
        low="For information 🔵", medium="Developing 🟡", high="Important 🟠", critical="Breaking 🔴"
    ),
    alert=ALERT,
    commands=COMMANDS,
    talk=TALK,
    buttons=BUTTONS,
    rule_news=RULE_NEWS,
)
