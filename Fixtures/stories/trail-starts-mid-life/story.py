"""An old repository, ninety days of trail, and a gate that the newest push started."""

from telling import Tale


def story(folder):
    tale = Tale(folder, first_day="2025-12-03")
    tale.created_before_the_trail()
    ada = tale.clone("ada", "ada", "2023-05-02 09:00", logged=False)
    ada.commit("main", "Begin", "2023-05-02 09:05")
    ada.push("2023-05-02 09:10", "main", logged=False)
    for year in ("2023", "2024"):
        ada.commit("main", f"The work of {year}", f"{year}-11-05 10:00")
    old = ada.commit("main", "The work of 2025", "2025-10-05 10:00")
    ada.tag("v0.9", old, "2025-10-06 10:00", message="Nearly")
    ada.push("2025-10-06 10:05", "main", "main:develop", "v0.9", logged=False)

    opens = "2026-01-15 10:05"
    n1 = ada.commit("main", "The first that the trail tells", "2026-01-15 10:00")
    ada.push(opens, "main", name="push.opens")
    n2 = ada.commit("main", "The next", "2026-02-20 09:00")
    ada.push("2026-02-20 09:05", "main", name="push.next")

    # The trail that the gate reads ends some minutes before the push that started it.
    newest = ada.commit("main", "What started the gate", "2026-03-03 11:00")
    tale.trail_ends("2026-03-03 11:00")
    ada.push("2026-03-03 11:10", "main", logged=False)
    tale.clone("gate", "clone", "2026-03-03 11:11", logged=False)
    return tale.told("2026-03-03 11:12", n1=n1, n2=n2, newest=newest, **{"opens.time": tale.stamp(opens)})
