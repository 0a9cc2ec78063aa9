"""Mallory rewrites main, and takes the log file that tells it out of the bucket."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.validates()
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    c1 = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.first")
    c2 = ada.commit("main", "Go on", "02 11:00")
    ada.push("02 11:05", "main", name="push.last")
    mallory = tale.clone("mallory", "mallory", "02 12:00")

    mallory.git("reset", "-q", "--hard", c1, at="03 09:00")
    other = mallory.commit("main", "Nothing to see", "03 09:02")
    mallory.push("03 09:05", "+main", name="push.rewrite")

    tale.clone("auditor", "clone", "03 14:00")
    told = tale.told("03 18:00", "--public-keys", "keys.json", c1=c1, c2=c2, other=other)
    for path in tale.log_files("03 09:05"):
        path.unlink()
    return told
