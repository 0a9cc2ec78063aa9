"""Times, ids and words of a story."""

import datetime
import re
import uuid

UTC = datetime.timezone.utc


def fixed_id(words):
    """An id that is the same in every run."""
    return uuid.uuid5(uuid.NAMESPACE_URL, words)


def moment(text):
    """`02 09:10` is a time of March 2026; a whole date stands for itself."""
    if isinstance(text, datetime.datetime):
        return text
    day, clock = text.split(" ")
    day = day if "-" in day else f"2026-03-{day}"
    return datetime.datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)


def seconds(count):
    return datetime.timedelta(seconds=count)


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def locale_date(at):
    return f"{at:%b} {at.day}, {at.year} {at.hour % 12 or 12}:{at:%M:%S %p}"


def slug(subject):
    return re.sub(r"[^a-z0-9]+", "-", subject.lower()).strip("-") + ".txt"
