"""The server's main goes back without a record, while a robot pulls every five minutes."""

from telling import Tale
from telling.git import git
from telling.words import moment, seconds


def story(folder):
    tale = Tale(folder)
    tale.validates()
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    first = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.first")
    seen = tale.clone("auditor", "clone", "02 10:01")
    lost = ada.commit("main", "Lost", "02 11:00")
    ada.push("02 11:05", "main", name="push.lost")
    git(tale, tale.server, moment("02 12:00"), "update-ref", "refs/heads/main", first)
    seen.fetch("02 14:01")
    at = moment("02 10:00")
    while at < moment("02 16:00"):
        tale.trail.log_pull("gate", at, transferred=False)
        at += seconds(300)
    return tale.told("03 02:00", first=first, lost=lost)
