"""Plain history: everything that was pushed is still there."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    c1 = ada.commit("main", "Begin", "02 09:05")
    c2 = ada.commit("main", "Say what it is", "02 09:08")
    ada.push("02 09:10", "main", name="push.first")

    bob = tale.clone("bob", "bob", "02 10:00")
    c3 = bob.commit("main", "Read the input", "02 10:40")
    bob.push("02 10:45", "main", name="push.bob")

    ada.fetch("03 09:00")
    ada.git("checkout", "-q", "-b", "feature/search", "origin/main")
    f1 = ada.commit("feature/search", "Search, slowly", "03 09:30")
    f2 = ada.commit("feature/search", "Search, faster", "03 11:00")
    ada.push("03 11:05", "feature/search", name="push.feature")
    tag = ada.tag("v1.0", c3, "03 11:30", message="The first release")
    ada.push("03 11:31", "v1.0", name="push.tag")

    bob.fetch("03 13:00")
    merge = bob.merge("main", "origin/feature/search", "Merge the search", "03 13:10")
    bob.push("03 13:12", "main", name="push.merge")

    tale.clone("auditor", "clone", "03 16:00")
    return tale.told("03 18:00", c1=c1, c2=c2, c3=c3, f1=f1, f2=f2, tag=tag, merge=merge)
