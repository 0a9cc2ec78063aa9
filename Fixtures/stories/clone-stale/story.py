"""A clone from before the last two pushes."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.first")
    bob = tale.clone("bob", "bob", "02 10:00")
    tale.clone("auditor", "clone", "02 13:00")

    bob.commit("main", "Bob goes on", "03 09:00")
    bob.push("03 09:05", "main", name="push.second")
    ada.commit("main", "Ada goes on", "03 10:00")
    ada.push("03 10:05", "+main", name="push.force")
    return tale.told("03 18:00")
