"""A push without a record, of which EventBridge tells."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    tale.watch_events()
    ada = tale.clone("ada", "ada", "02 09:02")
    base = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    work = ada.commit("main", "A week's work", "02 14:00")
    ada.push("02 14:05", "main", name="push.work")
    auditor = tale.clone("auditor", "clone", "02 16:00")

    mallory = tale.clone("mallory", "mallory", "03 08:00")
    mallory.git("reset", "-q", "--hard", base)
    other = mallory.commit("main", "Something else", "03 09:00")
    mallory.push("03 09:05", "+main", logged=False)
    bob = tale.clone("bob", "bob", "03 10:00")
    after = bob.commit("main", "Go on", "03 10:05")
    bob.push("03 10:10", "main", name="push.after")
    auditor.fetch("03 12:00")
    return tale.told(
        "03 18:00", "--coverage", f"{tale.stamp('02 00:00')}..{tale.stamp('03 17:55')}",
        base=base, work=work, other=other, after=after)
