"""A pull request squashes a branch, which is then deleted."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", "main:develop", name="push.base")
    bob = tale.clone("bob", "bob", "02 10:00")
    bob.git("checkout", "-q", "-b", "feature/form")
    f1 = bob.commit("feature/form", "A form", "02 11:00")
    f2 = bob.commit("feature/form", "A form that checks", "02 12:00")
    bob.push("02 12:05", "feature/form", name="push.feature")

    tale.create_pull_request("bob", "02 12:10", "feature/form", "main", name="api.request")
    squash = tale.merge_pull_request("ada", "03 09:00", "squash", "feature/form", "main", name="api.merge")
    tale.delete_branch("ada", "03 09:01", "feature/form", name="api.delete")

    tale.clone("auditor", "clone", "03 14:00")
    return tale.told("03 18:00", f1=f1, f2=f2, squash=squash)
