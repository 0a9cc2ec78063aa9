"""A digest file was taken out of the middle of its chain."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.validates()
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    c1 = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.first")
    c2 = ada.commit("main", "Go on", "02 15:00")
    ada.push("02 15:05", "main", name="push.last")

    tale.clone("auditor", "clone", "03 14:00")
    told = tale.told("03 18:00", c1=c1, c2=c2)
    # From 12:00 to 13:00.
    tale.digests.files[12].unlink()
    return told
