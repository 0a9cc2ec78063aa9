"""One push reaches the server twice."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", "main:develop", name="push.base")
    c2 = ada.commit("main", "Go on", "02 11:00")
    ada.push("02 11:05", "main", name="push.first")
    ada.push_again("02 11:06", {"refs/heads/main": c2}, name="push.again")

    tale.clone("auditor", "clone", "03 10:00")
    return tale.told("03 18:00", c2=c2)
