"""Main is rewritten by a push of so many refs that CloudTrail cut its record."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    base = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    lost = ada.commit("main", "Lost", "02 10:00")
    ada.push("02 10:05", "main", "main:refs/heads/release", name="push.lost")

    ada.git("reset", "-q", "--hard", base, at="02 11:00")
    rewritten = ada.commit("main", "Instead", "02 11:02")
    ada.push("02 11:05", "+main", "main:refs/heads/other", name="push.cut")
    tale.trail.records[-1]["requestParameters"] = {
        "reason": "requestParameters too large", "omitted": True, "originalSize": 149893}
    ada.push("02 12:05", "main:refs/heads/release", "--force", name="push.release")
    tale.clone("auditor", "clone", "02 13:00").fetch("02 14:00")
    return tale.told("02 18:00", "--coverage", "2026-03-02T00:00:00Z..2026-03-02T17:50:00Z",
                     base=base, lost=lost, rewritten=rewritten)
