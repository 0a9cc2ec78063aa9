"""A forced push that is refused, and the same tip pushed by somebody else seconds later, with CodeCommit's own events beside the trail."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.watch_events()
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    bob = tale.clone("bob", "bob", "02 10:00")
    b1 = bob.commit("main", "Bob's way", "02 10:30")
    bob.push("02 10:35", "main:topic", name="push.topic")
    robot = tale.clone("gate", "robot", "02 10:50")

    a1 = ada.commit("main", "Ada's way", "02 11:00")
    ada.push_against(bob, "02 11:10:00", "+main", winner="push.ada", loser="push.bob",
                     advertised_before=1, refused_after=1)
    robot.push("02 11:10:03", "+origin/topic:refs/heads/main", name="push.robot")
    tale.clone("auditor", "clone", "02 15:00")
    return tale.told("03 18:00", a1=a1, b1=b1)
