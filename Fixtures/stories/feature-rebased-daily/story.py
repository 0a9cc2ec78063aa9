"""A feature branch is rebased and pushed by force every morning."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 08:00")
    ada = tale.clone("ada", "ada", "02 08:02")
    ada.commit("main", "Begin", "02 08:05")
    ada.push("02 08:10", "main", name="push.base")

    bob = tale.clone("bob", "clone", "02 09:00")
    bob.git("checkout", "-q", "-b", "feature/daily")
    names = {}
    for day in (1, 2, 3, 4):
        date = f"{day + 1:02}"
        if day > 1:
            ada.commit("main", f"Main of day {day}", f"{date} 08:00")
            ada.push(f"{date} 08:05", "main", name=f"push.main{day}")
            bob.fetch(f"{date} 09:00")
            bob.git("checkout", "-q", "-B", "feature/daily", "origin/main")
        names[f"d{day}.a"] = bob.commit("feature/daily", "The table", f"{date} 09:10")
        names[f"d{day}.b"] = bob.commit("feature/daily", "The table's head", f"{date} 09:20")
        bob.push(f"{date} 09:30", "+feature/daily", name=f"push.day{day}")
    bob.fetch("05 14:00")
    return tale.told("05 18:00", **names)
