"""main is put back by force and no record tells, on a trail whose digest files are whole."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.validates()
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    c1 = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.first")
    mallory = tale.clone("mallory", "mallory", "02 10:00")
    c2 = ada.commit("main", "Go on", "02 11:00")
    ada.push("02 11:05", "main", name="push.last")

    hidden = mallory.commit("main", "Nothing to see", "03 09:00")
    mallory.push("03 09:05", "+main", name="push.hidden", logged=False)

    tale.clone("auditor", "clone", "03 14:00")
    return tale.told("03 18:00", c1=c1, c2=c2, hidden=hidden)
