"""The only branch is neither main nor master, and the clone was made before there was any."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "clone", "02 09:02")
    ada.git("symbolic-ref", "HEAD", "refs/heads/dev")
    first = ada.commit("dev", "Begin", "02 09:05")
    ada.push("02 09:10", "dev", name="push.base")
    lost = ada.commit("dev", "Lost", "02 10:00")
    ada.push("02 10:05", "dev", name="push.lost")
    ada.push("02 11:00", f"+{first}:refs/heads/dev", name="push.forced")
    ada.fetch("02 12:00")
    return tale.told("02 18:00", first=first, lost=lost)
