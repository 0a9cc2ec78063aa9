import Testing

/// Log files of regions in which the repository does not lie are left unread, and nothing but the counts tells the difference.
///
/// The oracle is the same trail under names that tell no region, which is read whole.
@Suite struct OtherRegionsTests {
  /// Everything that the trail holds happened in another region and in another account too.
  private static let setUp = """
    cat > world.py <<'END'
    import gzip, hashlib, pathlib, re, sys
    def files():
        return sorted(pathlib.Path("trail").rglob("*.json.gz"))
    def copy(path, account, region):
        text = gzip.decompress(path.read_bytes()).decode()
        text = text.replace("111122223333", account).replace("us-east-2", region)
        text = re.sub(r'("eventID":")([^"]*)', lambda m: m[1] + hashlib.sha1((account + region + m[2]).encode()).hexdigest(), text)
        target = pathlib.Path(str(path).replace("111122223333", account).replace("us-east-2", region))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(gzip.compress(text.encode(), mtime=0))
    for path in files():
        for account, region in (("111122223333", "eu-west-1"), ("444455556666", "us-east-2"), ("444455556666", "eu-west-1")):
            copy(path, account, region)
    END
    python3 world.py
    mine=arn:aws:codecommit:us-east-2:111122223333:MyDemoRepo
    judge() { pushtrail report --repo clone --repository $mine --format json --commits all || [ $? -le 3 ]; }
    facts() { jq -S 'del(.limits, .trail.files, .trail.bytes, .trail.records, .trail.codecommitRecords)'; }
    untell() { find trail -name '*_CloudTrail_eu-west-1_*' | while read -r f; do mv "$f" "${f%/*}/copy-of-${f##*/}"; done; }

    """

  private func run(_ story: String, _ commands: String) throws -> (status: Int32, output: String) {
    try StoryShell.run(story, Self.setUp + commands)
  }

  @Test(arguments: ["force-push-hides-commit", "trail-starts-mid-life", "push-without-record", "deletion-old-tip"])
  func theReportIsTheSame(story: String) throws {
    let outcome = try run(
      story,
      """
      all=$(find trail -name '*.gz' | wc -l)
      judge > some.json
      [ $(jq .trail.files some.json) -eq $((all / 2)) ] || { echo read $(jq .trail.files some.json) of $all; exit 1; }
      jq -r '.limits[]' some.json | grep -q "^$((all / 2)) log files of other regions than us-east-2, "
      untell
      judge > all.json
      [ $(jq .trail.files all.json) -eq $all ]
      if jq -r '.limits[]' all.json | grep 'of other regions'; then exit 1; fi
      diff <(facts < some.json) <(facts < all.json)
      diff <(jq .limits all.json) <(jq '[.limits[] | select(test("of other regions") | not)]' some.json)
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  /// How the service writes deletions is the one thing to be learned elsewhere.
  @Test func aDeletionElsewhereStillTellsHowDeletionsAreWritten() throws {
    let outcome = try run(
      "deletion-old-tip",
      """
      judge > before.json
      cat > deletes.py <<'END'
      import gzip, pathlib, re
      count = 0
      for path in pathlib.Path("trail").rglob("*111122223333_CloudTrail_eu-west-1*"):
          text = gzip.decompress(path.read_bytes()).decode()
          text, changes = re.subn(r'("references":\\[\\{"commit":")[0-9a-f]*', lambda m: m[1] + "0" * 40, text)
          path.write_bytes(gzip.compress(text.encode(), mtime=0))
          count += changes
      assert count > 0
      END
      python3 deletes.py
      judge > some.json
      untell
      judge > all.json
      diff <(facts < some.json) <(facts < all.json)
      [ $(jq .trail.files some.json) -lt $(jq .trail.files all.json) ]
      if diff <(facts < before.json) <(facts < some.json) > /dev/null; then echo nothing was learned; exit 1; fi
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test func whatIsDamagedThereDoesNotMatterButHere() throws {
    let outcome = try run(
      "force-push-hides-commit",
      """
      judge | facts > whole.json
      for f in $(find trail -path '*eu-west-1*' -name '*.gz'); do echo damaged > $f; done
      judge | facts > damaged.json
      diff whole.json damaged.json
      for f in $(find trail -path '*444455556666*us-east-2*' -name '*.gz'); do echo damaged > $f; done
      judge | jq -e '.trail.unreadable | length > 0'
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  /// Only folder and name together tell the region for certain.
  @Test func aFileInAnotherRegionsFolderIsReadWhereItsNameDisagrees() throws {
    let outcome = try run(
      "plain-history",
      """
      judge | jq -S '[.pushes[].eventID]' > whole.json
      for f in $(find trail -path '*111122223333*us-east-2*' -name '*.gz'); do
        mkdir -p $(dirname ${f/CloudTrail\\/us-east-2/CloudTrail\\/eu-west-1})
        mv $f $(dirname ${f/CloudTrail\\/us-east-2/CloudTrail\\/eu-west-1})/
      done
      judge | jq -S '[.pushes[].eventID]' > moved.json
      diff whole.json moved.json && jq -e 'length > 0' moved.json
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test func aClonesRemoteTellsTheRegionAndAFileThatIsNamedIsRead() throws {
    let outcome = try run(
      "plain-history",
      """
      find trail -path '*444455556666*' -name '*.gz' -delete
      pushtrail report --repo clone --format json | jq -r '.limits[]' | grep 'log files of other regions than us-east-2'
      pushtrail report --repo clone --repository MyDemoRepo --format json > out 2>&1 && exit 1
      grep 'the trail holds 2 repositories that repository MyDemoRepo may be' out
      named=$(find trail -path '*eu-west-1*' -name '*.gz' | sort | head -1)
      files=$(pushtrail report --repo clone --format json | jq .trail.files)
      [ $(pushtrail report --repo clone --format json --trail $named | jq .trail.files) -eq $((files + 1)) ]
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test func theHintsNameTheRepositoriesOfEveryRegion() throws {
    let outcome = try run(
      "plain-history",
      """
      pushtrail verify --repo clone --repository arn:aws:codecommit:us-west-2:111122223333:MyDemoRepo
      """)
    #expect(outcome.status == 2)
    for place in [
      "us-east-2:111122223333", "eu-west-1:111122223333", "us-east-2:444455556666", "eu-west-1:444455556666",
    ] {
      #expect(
        outcome.output.contains("hint: the trail holds arn:aws:codecommit:\(place):MyDemoRepo"), "\(outcome.output)")
    }
  }
}
