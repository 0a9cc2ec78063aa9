"""One push moves main, makes a branch and a tag, and deletes a topic."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    ada.git("checkout", "-q", "-b", "topic")
    t1 = ada.commit("topic", "A topic", "02 11:00")
    ada.push("02 11:05", "topic", name="push.topic")

    merge = ada.merge("main", "topic", "Merge the topic", "03 09:00")
    ada.git("branch", "release/1", "main")
    ada.tag("v1.0", merge, "03 09:05", message="The first release")
    ada.push("03 09:10", "main", "release/1", "refs/tags/v1.0", ":topic", name="push.many")

    tale.clone("auditor", "clone", "03 14:00")
    return tale.told("03 18:00", t1=t1, merge=merge)
