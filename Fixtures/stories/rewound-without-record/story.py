"""The server's main goes back to an earlier tip, and no record tells."""

from telling import Tale
from telling.git import git
from telling.words import moment


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    seen = tale.clone("auditor", "clone", "02 10:00")
    first = ada.commit("main", "Kept", "02 11:00")
    ada.push("02 11:05", "main", name="push.kept")
    seen.fetch("02 11:30")
    lost = ada.commit("main", "Lost", "02 12:00")
    ada.push("02 12:05", "main", name="push.lost")
    seen.fetch("02 12:30")

    git(tale, tale.server, moment("02 13:00"), "update-ref", "refs/heads/main", first)
    seen.fetch("02 13:30")
    ada.git("checkout", "-q", "-B", "feature/side", first)
    ada.commit("feature/side", "Beside it", "02 14:00")
    ada.push("02 14:05", "feature/side", name="push.side")
    seen.fetch("02 14:30")
    return tale.told("02 18:00", first=first, lost=lost)
