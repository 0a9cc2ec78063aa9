"""Force pushes over commits that no clone ever fetched; the server was asked about them."""

from telling import Tale


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    base = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", "main:topic", "main:draft", name="push.base")

    # Three rewrites of what nobody fetched in between.
    first = ada.commit("main", "First", "02 10:00")
    second = ada.commit("main", "Second", "02 10:01")
    ada.push("02 10:05", "main", name="push.lost")
    ada.git("reset", "-q", "--hard", base)
    main = ada.commit("main", "Instead", "02 11:00")
    ada.push("02 11:05", "+main", name="push.force")

    unasked = ada.commit("main", "Not asked about", "02 12:00")
    asked = ada.commit("main", "Asked about", "02 12:01")
    ada.push("02 12:05", "main:topic", "-f", name="push.topic")
    ada.push("02 12:30", f"{base}:topic", "-f", name="push.topic.force")

    gone = ada.commit("main", "Gone", "02 13:00")
    ada.push("02 13:05", "main:draft", "-f", name="push.draft")
    ada.push("02 13:30", f"{base}:draft", "-f", name="push.draft.force")

    tale.answer("server.json", [first, second, asked], [gone])
    tale.clone("auditor", "clone", "03 12:00")
    return tale.told("03 18:00", "--server-commits", "server.json", base=base, first=first, second=second, main=main,
                     unasked=unasked, asked=asked, gone=gone, ask="aws codecommit batch-get-commits "
                     f"--repository-name MyDemoRepo --region us-east-2 --output json --commit-ids {unasked} "
                     f"> server-commits-{unasked[:8]}.json  # then add: --server-commits server-commits-{unasked[:8]}.json")
