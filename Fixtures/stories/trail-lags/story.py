"""The trail was copied hours before the clone was fetched."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    c2 = ada.commit("main", "Go on", "03 09:00")
    ada.push("03 09:05", "main", name="push.last")

    tale.trail_ends("03 12:00")
    evening = ada.commit("main", "The evening's work", "03 17:00")
    ada.push("03 17:05", "main", logged=False)
    tale.clone("auditor", "clone", "03 19:00", logged=False)
    return tale.told("03 19:30", c2=c2, evening=evening)
