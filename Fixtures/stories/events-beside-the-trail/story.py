"""A trail that starts mid-life, with CodeCommit's own events beside it."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.created_before_the_trail()
    ada = tale.clone("ada", "ada", "02 08:00", logged=False)
    base = ada.commit("main", "Begin", "02 08:05")
    ada.push("02 08:10", "main", logged=False)
    draft = ada.commit("main", "A draft", "02 08:20")
    ada.push("02 08:25", "main", logged=False)

    # What was logged begins here: Ada rewrites main, the first update of it that any record tells.
    tale.watch_events()
    ada.git("reset", "-q", "--hard", base)
    final = ada.commit("main", "The final text", "02 09:00")
    ada.push("02 09:05", "+main", name="push.force")
    ada.git("checkout", "-q", "-b", "topic", at="02 10:00")
    topic = ada.commit("topic", "A topic", "02 10:01")
    ada.push("02 10:05", "topic", name="push.topic")
    tale.merge_pull_request("bob", "02 11:00", "fast-forward", "topic", "main", name="merge")
    ada.push("02 11:30", ":topic", name="push.delete", deletion="old-tip")
    tale.clone("auditor", "clone", "03 12:00")
    return tale.told("03 18:00", base=base, draft=draft, final=final, topic=topic)
