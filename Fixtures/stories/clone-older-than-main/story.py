"""A clone that keeps no reflogs is older than main; another one has it."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main:develop", name="push.develop")
    bob = tale.clone("bob", "bob", "02 09:30", "-b", "develop", "-c", "core.logAllRefUpdates=false")
    ada.push("02 12:00", "main", name="push.main")
    bob.git("checkout", "-q", "-b", "feature/b")
    bob.commit("feature/b", "A feature", "02 13:00")
    bob.push("02 13:05", "feature/b", name="push.feature")

    tale.clone("auditor", "clone", "02 15:00")
    told = tale.told("02 18:00")
    return told | {"clones": ["bob", "clone"]}
