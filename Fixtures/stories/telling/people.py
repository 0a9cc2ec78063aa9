"""Who acts in a story, as CloudTrail names them."""

ACCOUNT = "111122223333"

ADDRESSES = {"ada": "203.0.113.10", "bob": "203.0.113.27", "mallory": "198.51.100.66", "auditor": "203.0.113.90",
             "gate": "192.0.2.44", "backup": "192.0.2.80"}
IAM_USERS = {"ada", "mallory"}
ROLES = {"bob": "Developers", "auditor": "Auditors", "gate": "Build", "backup": "Backup"}


def identity(person):
    if person in IAM_USERS:
        return {"type": "IAMUser", "principalId": f"AIDA{person.upper():A<16}",
                "arn": f"arn:aws:iam::{ACCOUNT}:user/{person}", "accountId": ACCOUNT,
                "accessKeyId": f"AKIA{person.upper():A<16}", "userName": person}
    role = ROLES[person]
    session = f"{person}@example.com"
    return {"type": "AssumedRole", "principalId": f"AROA{role.upper():A<16}:{session}",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}", "accountId": ACCOUNT,
            "accessKeyId": f"ASIA{person.upper():A<16}", "sessionContext": {
                "sessionIssuer": {"type": "Role", "principalId": f"AROA{role.upper():A<16}",
                                  "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}", "accountId": ACCOUNT, "userName": role},
                "webIdFederationData": {},
                "attributes": {"creationDate": "2026-03-01T06:00:00Z", "mfaAuthenticated": "true"}}}
