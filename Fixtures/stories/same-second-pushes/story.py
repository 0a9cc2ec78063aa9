"""Two pushes to main within one second, each with a sound history."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    c1 = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    bob = tale.clone("bob", "bob", "02 10:00")
    a1 = ada.commit("main", "Ada's part", "02 11:00")
    bob.git("pull", "-q", "--ff-only", str(ada.folder), "main")
    b1 = bob.commit("main", "Bob's part", "02 11:05")
    # The ids sort the wrong way round.
    ada.push("02 11:10", "main", name="push.ada", event_id="ffffffff-0000-4000-8000-000000000001")
    bob.push("02 11:10", "main", name="push.bob", event_id="00000000-0000-4000-8000-000000000002")

    tale.clone("auditor", "clone", "02 15:00")
    return tale.told("03 18:00", c1=c1, a1=a1, b1=b1)
