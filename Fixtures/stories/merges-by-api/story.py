"""Commits and merges that the service makes itself."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    c1 = tale.create_commit("ada", "02 09:10", "main", "Begin", name="api.create")
    c2 = tale.put_file("ada", "02 09:20", "main", "Say what it is", name="api.put")

    bob = tale.clone("bob", "bob", "02 10:00")
    tips = {}
    for hour, branch in enumerate("abcd", start=11):
        bob.git("checkout", "-q", "-b", f"topic/{branch}", "origin/main")
        tips[branch] = bob.commit(f"topic/{branch}", f"Topic {branch}", f"02 {hour}:00")
        bob.push(f"02 {hour}:05", f"topic/{branch}", name=f"push.{branch}")

    tale.merge_branches("ada", "03 09:00", "fast-forward", "topic/a", "main", name="api.ff")
    squash = tale.merge_branches("ada", "03 09:10", "squash", "topic/b", "main", name="api.squash")
    three = tale.merge_branches("ada", "03 09:20", "three-way", "topic/c", "main", name="api.three")
    tale.create_pull_request("bob", "03 09:25", "topic/d", "main", name="api.request")
    pr = tale.merge_pull_request("ada", "03 09:30", "three-way", "topic/d", "main", name="api.pr")
    tale.create_branch("ada", "03 09:40", "release", pr, name="api.branch")

    tale.clone("auditor", "clone", "03 14:00")
    return tale.told("03 18:00", c1=c1, c2=c2, squash=squash, three=three, pr=pr, a1=tips["a"])
