"""A key is pushed to main and removed by force; three readers came in between, and one of their clones is here."""

from telling import Tale
from telling.words import moment


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "clone", "02 09:02")
    base = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", "main:develop", name="push.base")
    bob = tale.clone("bob", "bob", "02 10:00")
    gate = tale.clone("gate", "gate", "02 10:10")

    secret = ada.commit("main", "The key of the vault", "02 15:00")
    ada.push("02 15:05", "main", name="push.secret")
    bob.fetch("02 15:30")
    gate.fetch("02 15:40")
    tale.trail.record("backup", "02 16:00", "UploadArchive", {"repositoryName": "MyDemoRepo"}, None, name="archive",
                      readOnly=True)

    ada.git("reset", "-q", "--hard", base, at="02 17:00")
    clean = ada.commit("main", "No key", "02 17:02")
    ada.push("02 17:05", "+main", name="push.clean")
    bob.fetch("02 18:00")
    ada.fetch("03 14:00")
    pulls = {f"pull.{moment(r['eventTime'][8:10] + ' ' + r['eventTime'][11:16]).strftime('%H%M')}": r["eventID"]
             for r in tale.trail.records
             if r["eventName"] == "GitPull" and r["additionalEventData"]["dataTransferred"]}
    return tale.told("03 18:00", base=base, secret=secret, clean=clean, **pulls) | {"clones": ["clone", "bob"]}
