"""A clone keeps the tracking ref of a deleted branch."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    base = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", "main:develop", name="push.base")
    ada.git("checkout", "-q", "-b", "feature/old")
    f1 = ada.commit("feature/old", "An old idea", "02 11:00")
    ada.push("02 11:05", "feature/old", name="push.old")
    auditor = tale.clone("auditor", "clone", "02 15:00")
    ada.push("03 09:00", ":feature/old", name="push.delete")
    auditor.fetch("03 14:00")
    return tale.told("03 18:00", base=base, f1=f1)
