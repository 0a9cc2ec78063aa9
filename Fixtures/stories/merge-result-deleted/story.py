"""A branch is squashed into another, and both are deleted: nothing is left of it."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    main = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", "main:develop", name="push.base")
    ada.git("checkout", "-q", "-b", "master")
    p1 = ada.commit("master", "Precious", "02 10:00")
    p2 = ada.commit("master", "More precious", "02 11:00")
    ada.push("02 11:05", "master", name="push.master")

    tale.create_branch("mallory", "03 09:00", "scratch", main, name="api.branch")
    squash = tale.merge_branches("mallory", "03 09:10", "squash", "master", "scratch", name="api.merge")
    tale.delete_branch("mallory", "03 09:20", "master", name="api.delete")
    tale.delete_branch("mallory", "03 09:30", "scratch", name="api.tidy")

    tale.clone("auditor", "clone", "03 14:00")
    return tale.told("03 18:00", p1=p1, p2=p2, squash=squash)
