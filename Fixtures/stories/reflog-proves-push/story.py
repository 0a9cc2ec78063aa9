"""The record of one push is missing, and the reflog of the clone that made it stands between two that are logged."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "clone", "02 09:02")
    first = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", "main:develop", name="push.first")
    hidden = ada.commit("main", "Pay twice", "02 11:00")
    ada.push("02 11:05", "main", logged=False)
    ada.git("reset", "-q", "--hard", first)
    last = ada.commit("main", "Pay once", "02 15:00")
    ada.push("02 15:05", "+main", name="push.last")
    return tale.told("03 18:00", "--coverage", "2026-03-02T00:00:00Z..2026-03-03T18:00:00Z",
                     first=first, hidden=hidden, last=last)
