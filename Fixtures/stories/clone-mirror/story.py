"""A mirror that is updated once."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", "main:develop", name="push.base")
    ada.git("checkout", "-q", "-b", "topic")
    ada.commit("topic", "A topic", "02 11:00")
    ada.push("02 11:05", "topic", name="push.topic")
    mirror = tale.clone("backup", "clone", "02 15:00", "--mirror")

    merge = ada.merge("main", "topic", "Merge the topic", "03 09:00")
    ada.push("03 09:05", "main", name="push.main2")
    ada.tag("v1.0", merge, "03 09:10", message="The first release")
    ada.push("03 09:15", "v1.0", name="push.tag")
    ada.push("03 09:20", ":topic", name="push.delete")
    mirror.fetch("03 14:00", remote_update=True)
    return tale.told("03 18:00", merge=merge)
