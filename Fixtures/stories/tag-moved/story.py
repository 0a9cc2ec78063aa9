"""Two tags are moved to a newer commit."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    c1 = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    old = ada.tag("v1.0", c1, "02 10:00", message="The first release")
    ada.tag("stable", c1, "02 10:00")
    ada.push("02 10:05", "v1.0", "stable", name="push.tags")

    bob = tale.clone("bob", "bob", "03 09:00")
    c2 = bob.commit("main", "Mend the release", "03 09:30")
    bob.push("03 09:35", "main", name="push.main")
    new = bob.tag("v1.0", c2, "03 09:40", message="The first release, mended")
    bob.tag("stable", c2, "03 09:40")
    bob.push("03 09:45", "+refs/tags/v1.0", "+refs/tags/stable", name="push.move")

    tale.clone("auditor", "clone", "03 14:00")
    return tale.told("03 18:00", c1=c1, c2=c2, **{"tag.old": old, "tag.new": new})
