import Foundation
import Testing

/// The commands that `recover` prints are run, by a real shell against the story's real server: they bring the commit back.
@Suite struct RecoveryTests {
  @Test(arguments: ["clone", "gate"])
  func printedCommandsBringTheCommitBack(clone: String) throws {
    let outcome = try StoryShell.run(
      "read-before-removed",
      """
      # The gate's clone is made anew, without the secret: the server must be asked for it.
      if [ \(clone) = gate ]; then
        rm -rf gate
        git clone -q 'codecommit::us-east-2://MyDemoRepo' gate
      fi
      pushtrail recover --repo \(clone) main > commands
      grep -v '^aws ' commands > local-commands
      sh -e ./local-commands
      recovered=recovered/${secret%${secret#????????????}}
      if [ \(clone) = gate ]; then git -C gate rev-parse $recovered; else git -C server.git rev-parse refs/heads/$recovered; fi
      echo $secret
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
    let lines = outcome.output.split(separator: "\n").suffix(2)
    #expect(lines.count == 2 && lines.first == lines.last, "\(outcome.output)")
  }

  /// Shell commands that run what `recover` prints of main, or of what is asked, and look for the secret on the server.
  private static let recovered = """
    pushtrail recover --repo $clone ${what:-main} > commands
    cat commands
    sh -e ./commands
    recovered=refs/heads/recovered/${secret%${secret#????????????}}
    [ "$(git -C server.git rev-parse $recovered)" = $secret ]
    """

  /// A mirror pushes all its refs or none, and its next fetch takes away what the server lacks.
  @Test func commandsOfAMirrorBringTheCommitBack() throws {
    let outcome = try StoryShell.run(
      "read-before-removed",
      """
      git clone -q --mirror 'codecommit::us-east-2://MyDemoRepo' mirror
      git -C mirror fetch -q --no-write-fetch-head origin $secret
      clone=mirror
      \(Self.recovered)
      git -C mirror fetch -q -p origin
      [ "$(git -C mirror rev-parse $recovered)" = $secret ]
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  /// What a clone pushes elsewhere comes back to the repository all the same, and nothing goes elsewhere.
  @Test(arguments: [
    "remote.origin.pushurl \"$PWD/other.git\"",
    "url.\"$PWD/other.git\".pushInsteadOf codecommit::us-east-2://MyDemoRepo",
  ])
  func commandsPushToTheRepositoryAlone(configuration: String) throws {
    let outcome = try StoryShell.run(
      "read-before-removed",
      """
      git init -q --bare other.git
      git -C bob config \(configuration)
      clone=bob
      \(Self.recovered)
      grep -q '^# .* goes to .*other.git' commands
      [ -z "$(git -C other.git for-each-ref)" ]
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test func aShallowCloneFetchesWhatLiesBelowFirst() throws {
    let outcome = try StoryShell.run(
      "read-before-removed",
      """
      git clone -q --depth 1 'codecommit::us-east-2://MyDemoRepo' shallow
      git -C shallow fetch -q --depth 1 --no-write-fetch-head origin $secret
      clone=shallow what=$secret
      \(Self.recovered)
      grep -q -e '--unshallow' commands
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  /// A commit below the tip of a branch that is gone stands on another branch.
  @Test func whatIsOnAnotherRefNeedsNoRecovery() throws {
    let outcome = try StoryShell.run(
      "branch-made-again",
      """
      second=$(jq -r .names.second story.json)
      pushtrail recover --repo clone $second | tee said
      grep -q 'still on keep: nothing needs bringing back' said
      git init -q other
      git -C other remote add origin 'codecommit::us-east-2://MyDemoRepo'
      git -C other fetch -q --no-write-fetch-head origin $second
      pushtrail exposure --repo clone --repo other $second | tee said
      grep -q 'other, since when its files do not tell' said
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }
}
