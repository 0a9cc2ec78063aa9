"""A force push over a commit that its pusher never had."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "clone", "02 09:02")
    base = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    bob = tale.clone("bob", "bob", "02 10:00")

    secret = ada.commit("main", "Warn before the disk is full", "02 15:00")
    ada.push("02 15:05", "main", name="push.secret")

    rewrite = bob.commit("main", "Tidy the settings", "03 10:00")
    bob.push("03 10:05", "+main", name="push.force")

    ada.fetch("03 14:00")
    return tale.told("03 18:00", base=base, secret=secret, rewrite=rewrite)
