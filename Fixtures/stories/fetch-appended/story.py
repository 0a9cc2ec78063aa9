"""A clone fetches main, and hours later appends the fetch of another branch to FETCH_HEAD."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.validates()
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.first")
    seen = tale.clone("auditor", "clone", "02 10:00")
    seen.fetch("02 10:30", "origin", "main")
    ada.commit("main", "Go on", "02 12:00")
    ada.push("02 12:05", "main", name="push.second")
    ada.push("02 14:00", "main:topic", name="push.topic")
    seen.fetch("02 15:00", "--append", "origin", "topic")
    return tale.told("03 02:00") | {"clones": ["clone", "ada"]}
