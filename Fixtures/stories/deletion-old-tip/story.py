"""A deletion whose record names the old tip."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "clone", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", "main:develop", name="push.base")
    ada.git("checkout", "-q", "-b", "topic")
    t1 = ada.commit("topic", "A topic", "02 11:00")
    ada.push("02 11:05", "topic", name="push.topic")
    ada.push("03 09:00", ":topic", name="push.delete", deletion="old-tip")
    ada.fetch("03 14:00")
    return tale.told("03 18:00", t1=t1)
