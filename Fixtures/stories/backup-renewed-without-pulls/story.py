"""A backup of a clone is brought up to date as in backup-renewed, and the trail keeps no read-only records."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.validates()
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.first")
    bob = tale.clone("bob", "bob", "02 10:00")
    bob.commit("main", "Bob's part", "02 11:00")
    bob.push("02 11:05", "main", name="push.second")
    bob.copy("clone", "02 20:00")

    bob.fetch("03 09:00")
    ada.fetch("03 12:00")
    ada.git("reset", "-q", "--hard", "origin/main")
    last = ada.commit("main", "Ada's part", "03 12:05")
    ada.push("03 12:10", "main", "main:feature/new", name="push.last")
    bob.renew("clone", "03 20:00")
    ada.fetch("03 22:00")
    tale.logs_writes_alone()
    return tale.told("04 04:00") | {"clones": ["clone", "ada"]}
