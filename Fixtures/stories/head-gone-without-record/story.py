"""Main is deleted without a record, and a clone is made of a server whose HEAD leads nowhere."""

from telling import Tale
from telling.git import git
from telling.words import moment


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    ada.git("checkout", "-q", "-b", "feature/side")
    ada.commit("feature/side", "Beside it", "02 10:00")
    ada.push("02 10:05", "feature/side", "feature/side:develop", name="push.side")
    last = ada.merge("main", "feature/side", "Merge it", "02 11:00")
    ada.push("02 11:05", "main", "main:release", name="push.last")

    git(tale, tale.server, moment("03 08:00"), "update-ref", "-d", "refs/heads/main")
    tale.clone("auditor", "clone", "03 14:00")
    return tale.told("03 18:00", last=last)
