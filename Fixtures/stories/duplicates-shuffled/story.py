"""Every record is there twice, in files of no order."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.first")
    ada.commit("main", "Go on", "02 11:00")
    ada.push("02 11:05", "main", name="push.second")
    ada.git("checkout", "-q", "-b", "develop")
    ada.commit("develop", "Go elsewhere", "03 09:00")
    ada.push("03 09:05", "develop", name="push.develop")

    tale.clone("auditor", "clone", "03 14:00")
    return tale.told("03 18:00", twice_and_shuffled=True)
