"""A pushed commit is overwritten before anybody fetched it."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    bob = tale.clone("bob", "bob", "02 10:00")
    lost = bob.commit("main", "What nobody fetched", "02 11:00")
    bob.push("02 11:05", "main", name="push.lost")
    c2 = ada.commit("main", "Go on", "02 14:00")
    ada.push("02 14:05", "+main", name="push.force")

    tale.clone("auditor", "clone", "03 10:00")
    return tale.told("03 18:00", lost=lost, c2=c2)
