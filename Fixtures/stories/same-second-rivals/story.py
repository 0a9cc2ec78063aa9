"""Two pushes to main within one second, of which one was refused in silence."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    bob = tale.clone("bob", "bob", "02 10:00")
    a1 = ada.commit("main", "Ada's way", "02 11:00")
    b1 = bob.commit("main", "Bob's way", "02 11:00")
    ada.push_against(bob, "02 11:10", "main", winner="push.ada", loser="push.bob",
                     advertised_before=1, refused_after=0)

    tale.clone("auditor", "clone", "02 15:00")
    return tale.told("03 18:00", a1=a1, b1=b1)
