"""A branch that a pull request squashed is deleted by a push, and the gate looks before the trail has settled."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", "main:develop")
    bob = tale.clone("bob", "bob", "02 10:00")
    bob.git("checkout", "-q", "-b", "feature/form")
    bob.commit("feature/form", "A form", "02 11:00")
    f2 = bob.commit("feature/form", "A form that checks", "02 12:00")
    bob.push("02 12:05", "feature/form", name="push.feature")

    tale.create_pull_request("bob", "02 12:10", "feature/form", "main", name="api.request")
    tale.merge_pull_request("ada", "03 09:00", "squash", "feature/form", "main", name="api.merge")
    bob.push("03 09:15", ":feature/form", name="push.delete")

    tale.clone("auditor", "clone", "03 09:25", logged=False)
    tale.trail_ends("03 09:16")
    return tale.told("03 09:27", f2=f2)
