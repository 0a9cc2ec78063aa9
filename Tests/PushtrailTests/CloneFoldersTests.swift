import Foundation
import Testing

/// Several clones: a folder of them, one repository by two names, and clones of different repositories.
@Suite struct CloneFoldersTests {
  private func run(_ commands: String) throws -> (status: Int32, output: String) {
    try StoryShell.run("read-before-removed", "mkdir clones; mv clone bob gate clones/\n" + commands)
  }

  @Test func aFolderStandsForTheClonesInIt() throws {
    let one = try run(
      "pushtrail log --repo clones/clone --repo clones/bob --repo clones/gate > a; pushtrail log --repo clones > b; diff a b"
    )
    #expect(one.status == 0, "\(one.output)")
    let paths = try run("pushtrail report --format json --repo clones | grep '\"path\": \"clones/' | wc -l")
    #expect(paths.output.contains("3"), "\(paths.output)")
  }

  @Test func clonesOfDifferentRepositoriesAreRefused() throws {
    let outcome = try run(
      "git -C clones/bob remote set-url origin codecommit::us-east-2://Other; pushtrail verify --repo clones")
    #expect(outcome.status == 2)
    #expect(outcome.output.contains("MyDemoRepo") && outcome.output.contains("Other"), "\(outcome.output)")
    #expect(outcome.output.contains("error: the clones are of different repositories"), "\(outcome.output)")
    let named = try run(
      "git -C clones/bob remote set-url origin codecommit::us-east-2://Other; pushtrail verify --repository MyDemoRepo --repo clones"
    )
    #expect(named.status == 2)
    #expect(named.output.contains("clones/bob is a clone of Other in us-east-2, not of MyDemoRepo"), "\(named.output)")
  }

  @Test func aBrokenOneStopsTheRunWhichSaysHowToGoOn() throws {
    let outcome = try run("rm clones/bob/.git/HEAD; pushtrail verify --repo clones")
    #expect(outcome.status == 2)
    #expect(outcome.output.contains("error: clones/bob"), "\(outcome.output)")
    #expect(
      outcome.output.contains("hint: to leave it out, name the others of clones one by one: --repo DIR --repo DIR"),
      "\(outcome.output)")
  }

  @Test func aReflogThatIsDamagedIsSaidAndTheRestIsJudged() throws {
    let outcome = try run(
      """
      printf 'garbage\\n' >> clones/bob/.git/logs/refs/remotes/origin/main
      pushtrail report --repo clones/bob
      """)
    #expect([0, 1, 3].contains(outcome.status))
    #expect(
      outcome.output.contains("of the reflog of refs/remotes/origin/main is damaged: it says nothing"),
      "\(outcome.output)")
  }

  @Test func whatTheServerLacksTooIsSaidToBeGone() throws {
    let outcome = try run(
      """
      rm -rf clones/gate; git clone -q codecommit::us-east-2://MyDemoRepo clones/gate
      printf '{"commits": [], "errors": [{"commitId": "%s", "errorCode": "CommitIdDoesNotExistException"}]}' $secret > answer.json
      pushtrail recover main --repo clones/gate
      echo ---
      pushtrail recover main --repo clones/gate --server-commits answer.json
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
    let parts = outcome.output.components(separatedBy: "---")
    #expect(parts.first?.contains("aws codecommit create-branch") ?? false, "\(outcome.output)")
    #expect(parts.last?.contains("nothing here brings it back") ?? false, "\(outcome.output)")
    #expect(!(parts.last?.contains("git fetch") ?? true), "\(outcome.output)")
  }

  /// What is left unread might as well not be there.
  @Test func daysLeftUnreadAreAsDaysThatAreNotThere() throws {
    let outcome = try run(
      """
      days() { jq -c '[.pushes, .refs, .trail.coverage, .trail.files]'; }
      pushtrail report --format json --repo clones/clone --read-since 2026-03-03 | days > left
      rm -r trail/AWSLogs/111122223333/CloudTrail/us-east-2/2026/03/02
      pushtrail report --format json --repo clones/clone | days > gone
      cmp left gone; wc -c < left
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }
}
