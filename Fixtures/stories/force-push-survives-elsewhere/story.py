"""main is put back by force; a branch keeps what it had."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    base = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    x1 = ada.commit("main", "Try another parser", "02 11:00")
    x2 = ada.commit("main", "Try it on real input", "02 11:30")
    ada.push("02 11:35", "main", name="push.mistake")
    ada.push("02 13:00", "main:experiment", name="push.experiment")
    ada.push("02 13:10", f"+{base}:refs/heads/main", name="push.back")

    tale.clone("auditor", "clone", "03 10:00")
    return tale.told("03 18:00", base=base, x1=x1, x2=x2)
