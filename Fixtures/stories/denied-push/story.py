"""The service refuses a push, and its record says so."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    bob = tale.clone("bob", "bob", "02 10:00")
    denied = bob.commit("main", "What Bob may not push", "02 11:00")
    bob.push("02 11:05", "main", name="push.denied", denied=True)
    c2 = ada.commit("main", "What Ada may", "02 13:00")
    ada.push("02 13:05", "main", name="push.last")

    tale.clone("auditor", "clone", "03 10:00")
    return tale.told("03 18:00", denied=denied, c2=c2)
