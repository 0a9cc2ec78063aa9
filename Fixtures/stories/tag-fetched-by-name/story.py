"""A new tag, fetched together with main by name, whose record is not delivered yet."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main")
    ada.push("02 09:30", "main:develop")
    job = tale.clone("auditor", "clone", "02 10:46")
    ada.push("03 11:05", "main:refs/tags/v1", name="push.tag", logged=False)
    job.fetch("03 11:06", "origin", "main", "tag", "v1")
    tale.trail_ends("03 11:04")
    return tale.told("03 11:07", "--coverage", f"{tale.stamp('02 00:00')}..{tale.stamp('03 11:06')}")
