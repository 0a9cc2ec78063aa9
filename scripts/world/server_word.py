"""What the server answers about commits that a clone lacks: the output of `aws codecommit batch-get-commits`."""

import json


def write(path, server, objects, chance, whole):
    """Writes one answer or several, one after the other; returns the ids of the commits that they tell."""
    listed = server.git("-C", str(server.truth), "rev-list", "--all").stdout.split()
    absent = sorted(name for name in listed if name not in objects)
    asked = absent if whole or chance.random() < 0.5 else [name for name in absent if chance.random() < 0.6]
    commits = [commit(server, name) for name in asked]
    chance.shuffle(commits)
    tags = [server.ids[number] for number in server.life.tags if server.ids[number] not in objects]
    errors = [{"commitId": name, "errorCode": "CommitDoesNotExistException", "errorMessage": "no such commit"}
              for name in ["0" * 39 + "7", *tags]]
    answers = [json.dumps({"commits": commits[start:start + 3], "errors": errors}, indent=4)
               for start in range(0, max(len(commits), 1), 3)]
    if commits and chance.random() < 0.3:
        answers.append(json.dumps({"commit": commits[0]}))
    path.write_text("\n".join(answers))
    return {entry["commitId"] for entry in commits}


def commit(server, name):
    lines = server.git("-C", str(server.truth), "show", "-s", "--format=%T%n%P%n%cI%n%ct", name).stdout.splitlines()
    who = {"name": "W", "email": "w@example.com", "date": f"{lines[3]} +0000"}
    return {"commitId": name, "treeId": lines[0], "parents": lines[1].split(), "message": "m", "author": who,
            "committer": who, "additionalData": ""}
