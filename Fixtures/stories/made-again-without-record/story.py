"""Main is deleted, and made again without a record; a mirror has it, and a clone of before agrees with the log."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", "main:keep", name="push.base")
    tale.clone("bob", "bob", "02 10:00")
    ada.push("02 11:00", ":main", name="push.deletion")
    again = ada.commit("main", "Again", "02 12:00")
    ada.push("02 12:05", "main", logged=False)

    tale.clone("auditor", "mirror", "02 14:00", "--mirror")
    return tale.told("02 18:00", again=again) | {"clones": ["mirror", "bob"]}
