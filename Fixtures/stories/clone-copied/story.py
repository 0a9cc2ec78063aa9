"""A clone is copied, and every file's time is that of the copy."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", "main:develop", name="push.first")
    auditor = tale.clone("auditor", "auditor", "02 10:00")
    ada.commit("main", "Go on", "02 13:00")
    ada.push("02 13:05", "main", name="push.second")
    auditor.fetch("02 16:00")

    ada.commit("main", "Go on again", "03 09:00")
    ada.push("03 09:05", "main", name="push.third")
    auditor.copy("clone", "03 14:00")
    return tale.told("03 18:00")
