"""The repository is renamed and another one made under its old name; an old clone still has the old name's URL."""

from telling import Tale
from telling.trail import ARN, NAME, REPOSITORY_ID
from telling.words import fixed_id, moment


def story(folder):
    tale = Tale(folder)
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "clone", "02 09:02")
    first = ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.base")
    second = ada.commit("main", "Second", "02 10:00")
    ada.push("02 10:05", "main", name="push.second")
    ada.fetch("02 12:00")

    tale.trail.record("ada", "02 14:00", "UpdateRepositoryName", {"oldName": NAME, "newName": "Renamed"}, None)
    other = str(fixed_id("another repository of the same name"))
    tale.trail.record("bob", "02 14:10", "CreateRepository", {"repositoryName": NAME}, {
        "repositoryMetadata": {"accountId": tale.trail.records[-1]["recipientAccountId"], "arn": ARN,
                               "repositoryId": other, "repositoryName": NAME}})
    tale.trail.log_push("bob", moment("02 14:20"), [{"commit": "5" * 40, "ref": "refs/heads/main"}])
    tale.trail.records[-1]["additionalEventData"]["repositoryId"] = other
    tale.trail.records[-2]["additionalEventData"]["repositoryId"] = other
    # By then the URL leads to the other repository.
    ada.git("update-ref", "-m", "fetch: forced-update", "refs/remotes/origin/main", first, at=moment("02 15:00"))
    return tale.told("02 18:00", "--repository", REPOSITORY_ID, first=first, second=second)
