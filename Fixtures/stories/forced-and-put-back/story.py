"""A slip of the hand: main is forced back and put right seconds later; later it is forced for good."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    first = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    kept = ada.commit("main", "Kept", "02 10:00")
    ada.push("02 10:05", "main", name="push.kept")
    bob = tale.clone("bob", "bob", "02 10:30")

    bob.push("02 11:15:27", f"+{first}:refs/heads/main", name="push.slip")
    bob.push("02 11:15:47", f"{kept}:refs/heads/main", name="push.back")
    ada.git("reset", "-q", "--hard", first, at="02 13:00")
    other = ada.commit("main", "Another way", "02 13:05")
    ada.push("02 13:15", "+main", name="push.forced")
    tale.clone("auditor", "clone", "02 15:00")
    return tale.told("03 18:00", "--repo", "ada", "--repo", "bob", first=first, kept=kept, other=other)
