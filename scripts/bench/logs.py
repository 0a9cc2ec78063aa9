"""Makes trails up: gzipped log files in S3's layout, of many services or of CodeCommit's git traffic alone, from a seed."""

import concurrent.futures
import gzip
import os
import pathlib
import random
import shutil
import subprocess
import time

ACCOUNT, REGION, NAME = "111122223333", "us-east-2", "MyDemoRepo"
REPOSITORY_ID = "4c925148-5f5a-4b3c-9d3a-0c8b6f2f1a11"
START = 1_767_225_600  # 2026-01-01T00:00:00Z
URL = f"https://git-codecommit.{REGION}.amazonaws.com/v1/repos/{NAME}"
SERVICES = [("ec2", "DescribeInstances", "true"), ("sts", "AssumeRole", "true"), ("kms", "Decrypt", "true"),
            ("lambda", "UpdateFunctionConfiguration20150331v2", "false"), ("logs", "CreateLogStream", "false"),
            ("dynamodb", "DescribeTable", "true"), ("s3", "GetBucketAcl", "true"), ("ecr", "BatchGetImage", "true")]


class Shape:
    """What to make: `git` is the part of the records that is CodeCommit's, `pulls` the part of those that is reads, `builds`
    the part of those that is of a session of its own, as a pipeline's are, rather than of one of sixty people."""

    def __init__(self, name, files, records, git, pulls=0.5, builds=0.0, seed=1):
        self.name, self.files, self.records, self.seed = name, files, records, seed
        self.git, self.pulls, self.builds = git, pulls, builds

    @property
    def folder(self):
        return f"{self.name}-f{self.files}-r{self.records}-g{self.git:g}-p{self.pulls:g}-b{self.builds:g}-s{self.seed}"


def digits(chance, count):
    return f"{chance.getrandbits(4 * count):0{count}x}"


def uuid(chance):
    text = digits(chance, 32)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"


def iso(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def git_record(chance, moment, shape):
    person = chance.randrange(60)
    is_pull = chance.random() < shape.pulls
    transferred = chance.random() < 0.9
    # One's key and address are new each hour.
    is_build = chance.random() < shape.builds
    session = chance if is_build else random.Random(f"{shape.seed} {person} {moment // 3600}")
    name = f"AWSCodeBuild-{uuid(chance)}" if is_build else f"person{person}@example.com"
    key, address = digits(session, 12).upper(), ".".join(str(session.randrange(1, 255)) for _ in range(4))
    request = "null"
    if not is_pull and transferred:
        entries = ",".join(f'{{"commit":"{digits(chance, 40)}","ref":"refs/heads/team{person % 7}/topic-{chance.randrange(200)}"}}'
                           for _ in range(chance.choice((1, 1, 1, 2, 3))))
        request = f'{{"references":[{entries}]}}'
    sent = '"capabilities":["report-status","side-band-64k","object-format=sha1","agent=git/2.43.0"],' if transferred else ""
    shallow = ',"shallow":false' if is_pull and transferred else ""
    return (
        '{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole",'
        f'"principalId":"AROAEXAMPLEROLE00001:{name}",'
        f'"arn":"arn:aws:sts::{ACCOUNT}:assumed-role/Developers/{name}","accountId":"{ACCOUNT}",'
        f'"accessKeyId":"ASIA{key}","sessionContext":{{"sessionIssuer":{{"type":"Role",'
        f'"principalId":"AROAEXAMPLEROLE00001","arn":"arn:aws:iam::{ACCOUNT}:role/Developers","accountId":"{ACCOUNT}",'
        f'"userName":"Developers"}},"attributes":{{"creationDate":"{iso(moment - moment % 3600)}","mfaAuthenticated":"true"}}}}}},'
        f'"eventTime":"{iso(moment)}","eventSource":"codecommit.amazonaws.com",'
        f'"eventName":"{"GitPull" if is_pull else "GitPush"}","awsRegion":"{REGION}",'
        f'"sourceIPAddress":"{address}","userAgent":"git/2.43.{person % 3}","requestParameters":{request},'
        f'"responseElements":null,"additionalEventData":{{"protocol":"HTTP","dataTransferred":{"true" if transferred else "false"},'
        f'{sent}"repositoryName":"{NAME}","repositoryId":"{REPOSITORY_ID}"'
        f'{shallow}}},'
        f'"requestID":"{uuid(chance)}","eventID":"{uuid(chance)}",'
        f'"readOnly":{"true" if is_pull or not transferred else "false"},"resources":[{{"accountId":"{ACCOUNT}",'
        f'"type":"AWS::CodeCommit::Repository","ARN":"arn:aws:codecommit:{REGION}:{ACCOUNT}:{NAME}"}}],'
        f'"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"{ACCOUNT}","eventCategory":"Management"}}')


def other_record(chance, moment):
    service, call, reads = chance.choice(SERVICES)
    role, key = chance.randrange(200), digits(chance, 16).upper()
    names = ",".join(f'"arn:aws:{service}:{REGION}:{ACCOUNT}:thing/{digits(chance, 17)}"' for _ in range(chance.randint(1, 5)))
    return (
        '{"eventVersion":"1.09","userIdentity":{"type":"AssumedRole",'
        f'"principalId":"AROA{role:017}:i-{digits(chance, 17)}",'
        f'"arn":"arn:aws:sts::{ACCOUNT}:assumed-role/service-{role}/i-{role:017x}","accountId":"{ACCOUNT}",'
        f'"accessKeyId":"ASIA{key}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROA{role:017}",'
        f'"arn":"arn:aws:iam::{ACCOUNT}:role/service-{role}","accountId":"{ACCOUNT}","userName":"service-{role}"}},'
        f'"webIdFederationData":{{}},"attributes":{{"creationDate":"{iso(moment - moment % 3600)}","mfaAuthenticated":"false"}},'
        f'"ec2RoleDelivery":"2.0"}}}},"eventTime":"{iso(moment)}","eventSource":"{service}.amazonaws.com",'
        f'"eventName":"{call}","awsRegion":"{REGION}","sourceIPAddress":"198.51.100.{role}",'
        f'"userAgent":"aws-sdk-go-v2/1.30.{role % 7} os/linux lang/go#1.22.{role % 5} md/GOOS#linux md/GOARCH#amd64 api/{service}#1.4",'
        f'"requestParameters":{{"names":[{names}],"maxResults":{chance.randrange(1000)},"encryptionContext":'
        f'{{"aws:{service}:arn":"arn:aws:{service}:{REGION}:{ACCOUNT}:thing/{role}","text":"a \\"quoted\\" word"}}}},'
        f'"responseElements":{{"requestId":"{uuid(chance)}","_return":{reads}}},'
        f'"requestID":"{uuid(chance)}","eventID":"{uuid(chance)}","readOnly":{reads},'
        f'"resources":[{{"accountId":"{ACCOUNT}","type":"AWS::{service.upper()}::Thing",'
        f'"ARN":"arn:aws:{service}:{REGION}:{ACCOUNT}:thing/{digits(chance, 32)}"}}],'
        f'"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"{ACCOUNT}","eventCategory":"Management",'
        '"tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256",'
        f'"clientProvidedHostHeader":"{service}.{REGION}.amazonaws.com"}}}}')


def write_file(trail, shape, number):
    """One file: an hour's records. Returns its size and that of its text."""
    chance = random.Random(f"{shape.seed} {shape.name} {number}")
    begin = START + number * 3600
    moments = sorted(begin + chance.randrange(3600) for _ in range(shape.records))
    chosen = set(chance.sample(range(shape.records), round(shape.records * shape.git)))
    records = [git_record(chance, moment, shape) if index in chosen else other_record(chance, moment)
               for index, moment in enumerate(moments)]
    text = ('{"Records":[' + ",".join(records) + "]}").encode()
    delivered = time.gmtime(begin + 3600 + 300)
    folder = trail / "AWSLogs" / ACCOUNT / "CloudTrail" / REGION / time.strftime("%Y/%m/%d", delivered)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{ACCOUNT}_CloudTrail_{REGION}_{time.strftime('%Y%m%dT%H%MZ', delivered)}_{number:016d}.json.gz"
    content = gzip.compress(text, 6, mtime=0)
    (folder / name).write_bytes(content)
    return len(content), len(text)


def make(shape, parent):
    """The trail and an empty clone of its repository, made unless they are there."""
    world = parent / shape.folder
    if not world.exists():
        making = parent / (shape.folder + "-in-making")
        shutil.rmtree(making, ignore_errors=True)
        (making / "trail").mkdir(parents=True)
        with concurrent.futures.ProcessPoolExecutor() as pool:
            list(pool.map(write_file, *zip(*((making / "trail", shape, number) for number in range(shape.files))),
                          chunksize=4))
        environment = dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM="1")
        for command in (["init", "-q", "-b", "main", "clone"], ["-C", "clone", "remote", "add", "origin", URL]):
            subprocess.run(["git", *command], cwd=making, env=environment, check=True)
        making.rename(world)
    return world


def files(world):
    return sorted(str(path) for path in pathlib.Path(world, "trail").rglob("*.json.gz"))


def some_event(file):
    """The id of an event in the file."""
    text = gzip.decompress(pathlib.Path(file).read_bytes()).decode()
    return text.split('"eventID":"')[len(text.split('"eventID":"')) // 2][:36]
