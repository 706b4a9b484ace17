"""The shape of a language: one field a sentence. A language that lacks one does not pass the type checker.

``{name}`` in a sentence is filled in by the code that speaks it; a test holds the two languages to the same
names, and every Arabic line to an Arabic beginning.
"""

from dataclasses import dataclass

from bot.texts.language import Language, Plural


@dataclass(frozen=True, slots=True)
class SeverityWords:
    """How serious a rule or an alert is, in a word."""

    low: str
    medium: str
    high: str
    critical: str


@dataclass(frozen=True, slots=True)
class AlertWords:
    """The sentences of an alert."""

    head: str  # {severity} {title}
    untitled: str
    may_be_duplicate: str
    follow_up: str
    raised: str  # {before}: the severity of the alert that is followed up
    rules: Plural  # {rules}
    rule_and_severity: str  # {rule} {severity}, where an alert has several rules
    source: str  # {outlet}
    sources: Plural  # {outlet}; {n} counts the others
    published: str  # {when}
    seen: str  # {when}
    reason: str  # {words}
    watch: str  # {reason}: what a watch has noticed, in the words of ``rules.watch``
    word: str  # {word}: quotation marks
    summary: str  # {text}
    passage: str  # {text}
    link: str


@dataclass(frozen=True, slots=True)
class CommandWords:
    """What each command does, for /help, the menus and the documentation; one line each, 256 characters at most."""

    start: str
    help: str
    rules: str
    follow: str
    unfollow: str
    list: str
    latest: str
    copies: str
    stop: str
    lang: str
    privacy: str
    forget: str
    outbox: str


@dataclass(frozen=True, slots=True)
class TalkWords:
    """The sentences of an answer to a command or a button."""

    hello: str
    what_it_is: str
    hello_group: str
    group_admins: str
    group_topics: str
    to_rules: str  # {command}
    to_help: str  # {command}
    other_language: str  # {command}
    help_title: str
    help_line: str  # {text} {command}
    help_examples: str
    example_follow_number: str  # {command}
    example_follow_all: str  # {command}
    example_latest: str  # {command}
    no_rules: str
    rules_title: Plural  # {n}
    rules_page: str  # {page} {pages}
    rule_number: str  # {number} {title}
    rule_severity: str  # {severity}
    rule_followed: str  # {severity}
    rule_why: str  # {why}
    follows_all: str
    followed_now: Plural  # {rules}
    followed_before: Plural  # {rules}
    followed_all: str
    unfollowed_now: Plural  # {rules}
    unfollowed_all: str
    not_followed: Plural  # {rules}
    follows_the_rest: Plural  # {n}
    follows_nothing: str  # {command}
    list_title: Plural  # {n}
    list_idle: Plural  # {rules}
    which_one: str
    unknown_rule: str  # {asked}
    did_you_mean: str  # {rules}
    link_unknown_rule: str
    latest_title: Plural  # {n}
    latest_of_all: str
    latest_none: str
    latest_wrong_number: str  # {most} {command}
    latest_line: str  # {severity} {title}
    latest_from: str  # {outlet} {when}
    language_ask: str
    language_set: str
    language_unknown: str  # {asked}
    admins_only: str
    unknown_command: str  # {command}
    command_meant: str  # {command}
    not_a_command: str  # {command}
    sorry: str
    rival: str
    old_button: str
    patience: str
    rule_gone: str


@dataclass(frozen=True, slots=True)
class WishWords:
    """What a chat is told about its own wishes: no alerts for a while, no copies, to be forgotten."""

    stopped: str
    stopped_group: str
    stopped_topic: str
    stopped_channel: str
    stop_whole_group: str  # {command}
    kept: str
    one_on_its_way: str
    to_return: str  # {command}
    already_stopped: str
    nothing_to_stop: str
    is_stopped: str  # {command}
    resumed: str
    resumed_group: str
    resumed_topic: str
    missed: str  # {command}
    copies_ask: str
    copies_yes: str
    copies_no: str
    copies_now_yes: str
    copies_now_no: str
    copies_set_yes: str
    copies_set_no: str
    copies_unknown: str  # {asked}
    forget_chat: str
    forget_group: str
    forget_channel: str
    forget_what: str
    forget_messages: str
    forget_sure: str
    forget_cancelled: str
    nothing_kept: str
    forgetting: str
    being_forgotten: str
    forgotten: str
    forget_delayed: str
    to_begin_anew: str  # {command}
    privacy_title: str
    privacy_kept: str
    privacy_not_kept: str
    privacy_logs: str
    privacy_forget: str  # {command}


@dataclass(frozen=True, slots=True)
class OutboxWords:
    """What the bot's admins are told of deliveries that did not end well."""

    title: str
    nothing: str
    uncertain: str  # {count}
    dead: str  # {count}
    entry_uncertain: str  # {number}
    entry_dead: str  # {number}
    alert: str  # {title}
    reason: str  # {reason}
    to: str  # {chat} {when}
    private: str  # {tail}: the end of the chat's number
    group: str  # {tail}
    channel: str  # {tail}
    topic: str  # {chat}
    queued: str
    queued_labelled: str
    unknown: str
    no_trouble: str
    silent: str  # {reason}
    news: str
    parked_chats: str  # {count}
    parked_topics: str  # {count}
    parked: str  # {chat}
    more: str  # {count}
    to_outbox: str  # {command}


@dataclass(frozen=True, slots=True)
class FeedNewsWords:
    """What the bot's admins are told of feeds."""

    gone: Plural
    moved: Plural
    silent: Plural
    more: Plural
    is_gone: str  # {outlet}
    is_moved: str  # {outlet}
    is_silent: str  # {outlet}
    last_news: str  # {when}
    address: str  # {url}
    new_address: str  # {url}
    to_line: str  # {command}


@dataclass(frozen=True, slots=True)
class ButtonWords:
    """What stands on buttons."""

    rules: str
    follow: str  # {title}
    unfollow: str  # {title}
    follow_all: str
    unfollow_all: str
    previous: str
    next: str
    copies_yes: str
    copies_no: str
    forget_yes: str
    forget_no: str
    resend: str  # {number}
    newest: str
    older: str


@dataclass(frozen=True, slots=True)
class RuleNewsWords:
    """What admins are told of the rule files."""

    broken: Plural  # {n}
    file: str  # {file}
    folder: str  # {file}
    breaks_others: str
    place: str  # {place}: file:line:column and the code
    problem: str  # {message}
    hint: str  # {hint}
    more_problems: Plural  # {n}
    last_good: str
    nothing: str
    partly: str
    more_files: Plural  # {n}
    mended: Plural  # {files}
    deleted: Plural  # {files}
    all_well: str
    to_check: str  # {command}
    silent: Plural  # {n}
    file_gone: str  # {rule}
    status_now: str  # {rule} {status}
    outside: Plural  # {n} {day}
    fired: Plural  # {n} {expected}
    quiet: Plural  # {n} {expected}
    owner: str  # {owner}
    more_rules: Plural  # {n}
    to_try: str  # {command}


@dataclass(frozen=True, slots=True)
class FeedAlarmWords:
    """What admins are told of feeds that answer, and are nevertheless not well."""

    title: str
    feed: str  # {outlet}
    flood: str  # {count}
    too_many: str  # {count}
    unreadable: str  # {count}
    address: str  # {url}
    more: str  # {count}


@dataclass(frozen=True, slots=True)
class Words:
    """A whole language."""

    language: Language
    severity: SeverityWords
    alert: AlertWords
    commands: CommandWords
    talk: TalkWords
    wishes: WishWords
    buttons: ButtonWords
    rule_news: RuleNewsWords
    outbox: OutboxWords
    feed_news: FeedNewsWords
    feed_alarms: FeedAlarmWords

    @property
    def rtl(self) -> bool:
        """Whether its lines run right to left."""
        return self.language == "ar"
