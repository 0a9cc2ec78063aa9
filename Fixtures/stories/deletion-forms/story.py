"""Five deletions, each written in another form."""

from telling import Tale

FORMS = ("zeros", "null", "absent", "empty", "flag")


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "clone", "02 09:02")
    base = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", "main:develop", name="push.base")
    names = {}
    for hour, form in enumerate(FORMS, start=10):
        ada.git("checkout", "-q", "-b", f"topic/{form}", base)
        names[form] = ada.commit(f"topic/{form}", f"A topic, {form}", f"02 {hour}:00")
        ada.push(f"02 {hour}:05", f"topic/{form}", name=f"push.{form}")
    for hour, form in enumerate(FORMS, start=9):
        ada.push(f"03 {hour:02}:00", f":topic/{form}", name=f"delete.{form}", deletion=form)
    ada.fetch("03 15:00")
    return tale.told("03 18:00", **names)
