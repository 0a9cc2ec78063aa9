"""Main is deleted and made again at an older commit, which takes nothing off the server: another branch has it all."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "clone", "02 09:02")
    base = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    second = ada.commit("main", "Second", "02 10:00")
    third = ada.commit("main", "Third", "02 10:02")
    ada.push("02 10:05", "main", "main:keep", name="push.third")

    ada.push("02 11:00", ":main", name="push.deletion")
    ada.push("02 11:01", f"{base}:refs/heads/main", name="push.again")
    ada.fetch("02 12:00")
    return tale.told("02 18:00", base=base, second=second, third=third)
