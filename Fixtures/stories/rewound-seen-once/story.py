"""A clone sees main go back once, then asks for another branch alone; no record tells."""

from telling import Tale
from telling.git import git
from telling.words import moment


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    first = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    ada.git("checkout", "-q", "-B", "feature/side", first)
    ada.commit("feature/side", "Beside it", "02 09:20")
    ada.push("02 09:25", "feature/side", name="push.side")
    lost = ada.commit("main", "Lost", "02 10:00")
    ada.push("02 10:05", "main", name="push.lost")
    seen = tale.clone("auditor", "clone", "02 10:30")

    git(tale, tale.server, moment("02 11:00"), "update-ref", "refs/heads/main", first)
    seen.fetch("02 12:00")
    seen.fetch("02 13:00", "origin", "feature/side")
    return tale.told("02 18:00", first=first, lost=lost)
