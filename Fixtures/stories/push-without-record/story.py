"""A push that no record tells, on a trail that nobody vouches for."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    c2 = ada.commit("main", "Go on", "02 11:00")
    ada.push("02 11:05", "main", name="push.last")

    mallory = tale.clone("mallory", "mallory", "03 08:00")
    hidden = mallory.commit("main", "Nothing to see", "03 09:00")
    mallory.push("03 09:05", "main", name="push.hidden", logged=False)

    tale.clone("auditor", "clone", "03 14:00")
    return tale.told("03 18:00", c2=c2, hidden=hidden)
