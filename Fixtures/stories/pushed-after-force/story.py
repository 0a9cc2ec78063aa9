"""Somebody pushes on top of a force push, seconds after it."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    first = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    lost = ada.commit("main", "Lost", "02 10:00")
    ada.push("02 10:05", "main", name="push.lost")
    bob = tale.clone("bob", "bob", "02 10:30")

    ada.git("reset", "-q", "--hard", first, at="02 11:00")
    ada.commit("main", "Another way", "02 11:05")
    ada.push("02 11:10:00", "+main", name="push.forced")
    bob.git("fetch", "-q", str(ada.folder), "main", at="02 11:10:01")
    bob.git("reset", "-q", "--hard", "FETCH_HEAD", at="02 11:10:01")
    bob.commit("main", "On top", "02 11:10:02")
    bob.push("02 11:10:03", "main", name="push.next")
    tale.clone("auditor", "clone", "02 15:00")
    return tale.told("03 18:00", "--repo", "ada", "--repo", "bob", lost=lost)
