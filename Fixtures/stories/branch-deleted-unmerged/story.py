"""A branch that nobody merged is deleted by push."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "clone", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", "main:develop", name="push.base")
    ada.git("checkout", "-q", "-b", "feature/lost")
    f1 = ada.commit("feature/lost", "Count the words", "02 10:00")
    f2 = ada.commit("feature/lost", "Count them once", "02 11:00")
    ada.push("02 11:05", "feature/lost", name="push.feature")

    bob = tale.clone("bob", "bob", "03 09:00")
    bob.push("03 09:30", ":feature/lost", name="push.delete")

    ada.fetch("03 14:00", "--prune")
    return tale.told("03 18:00", f1=f1, f2=f2)
