"""A clone's clock is two hours fast, and the trail keeps no read-only records."""

from telling import Tale
from telling.words import moment


def story(folder):
    tale = Tale(folder)
    tale.validates()
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.first")
    # By its own clock.
    bob = tale.clone("bob", "clone", "02 12:00", logged=False)
    tip = bob.commit("main", "Bob's part", "02 12:10")
    bob.push("02 12:15", "main", logged=False)
    tale.trail.log_push("bob", moment("02 10:15"), [{"commit": tip, "ref": "refs/heads/main"}], name="push.bob")
    bob.git("fetch", "-q", at="02 12:30")
    ada.fetch("02 10:45")
    ada.git("reset", "-q", "--hard", "origin/main")
    ada.commit("main", "Ada's part", "02 10:50")
    ada.push("02 11:00", "main", name="push.last")
    ada.fetch("02 16:00")
    tale.logs_writes_alone()
    return tale.told("03 02:00") | {"clones": ["clone", "ada"]}
