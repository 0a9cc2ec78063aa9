"""A clone of main alone."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.main")
    bob = tale.clone("bob", "bob", "02 10:00")
    bob.git("checkout", "-q", "-b", "feature/b")
    bob.commit("feature/b", "A feature", "02 11:00")
    bob.push("02 11:05", "feature/b", name="push.feature")

    tale.clone("auditor", "clone", "03 14:00", "--single-branch")
    return tale.told("03 18:00")
