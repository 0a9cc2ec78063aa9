"""Three pushes, and a clone of depth two."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    names = {"c1": ada.commit("main", "One", "02 09:05"), "c2": ada.commit("main", "Two", "02 09:06")}
    ada.push("02 09:10", "main", name="push.first")
    names["c3"] = ada.commit("main", "Three", "02 11:00")
    ada.push("02 11:05", "main", name="push.second")
    names["c4"] = ada.commit("main", "Four", "03 09:00")
    names["c5"] = ada.commit("main", "Five", "03 09:30")
    ada.push("03 09:35", "main", name="push.third")

    tale.clone("auditor", "clone", "03 14:00", "--depth=2")
    return tale.told("03 18:00", **names)
