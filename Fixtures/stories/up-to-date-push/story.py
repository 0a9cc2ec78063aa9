"""A push with nothing to say leaves a ref advertisement alone."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    ada.commit("main", "Go on", "02 11:00")
    ada.push("02 11:05", "main", name="push.last")
    ada.push("02 14:00", "main", name="push.nothing")

    tale.clone("auditor", "clone", "03 10:00")
    return tale.told("03 18:00")
