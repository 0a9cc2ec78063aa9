"""Main is rewritten without a record; a mirror has it, and two other clones agree with the log."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", "main:develop", name="push.base")
    tale.clone("backup", "backup", "02 09:30", "--mirror")
    last = ada.commit("main", "Last", "02 11:00")
    ada.push("02 11:05", "main", name="push.last")
    tale.clone("bob", "bob", "02 12:00")
    ada.git("reset", "-q", "--hard", "HEAD~1")
    other = ada.commit("main", "Another", "02 13:00")
    ada.push("02 13:05", "+main", logged=False)

    tale.clone("auditor", "mirror", "02 14:00", "--mirror")
    return tale.told("02 18:00", last=last, other=other) | {"clones": ["bob", "mirror", "backup"]}
