import Testing

/// Names that strangers chose are no options of the commands that are printed, and a path that no screen can show is in none.
@Suite struct StrangeNamesTests {
  @Test func `a remote that is named like an option runs nothing`() throws {
    let outcome = try StoryShell.run(
      "read-before-removed",
      """
      rm -rf gate
      git clone -q 'codecommit::us-east-2://MyDemoRepo' gate
      sed -i 's/"origin"/"--upload-pack=touch pwned;"/' gate/.git/config
      (pushtrail recover --repo gate main; pushtrail ask --repo gate) > commands
      grep -q -- '--no-write-fetch-head -- ' commands
      grep -v '^aws ' commands > local-commands
      sh ./local-commands
      find . -name pwned | grep . && exit 1
      recovered=recovered/${secret%${secret#????????????}}
      git -C gate rev-parse $recovered
      echo $secret
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
    let lines = outcome.output.split(separator: "\n").suffix(2)
    #expect(lines.count == 2 && lines.first == lines.last, "\(outcome.output)")
  }

  @Test func `a path that begins with a dash`() throws {
    let outcome = try StoryShell.run(
      "read-before-removed",
      """
      mv -- clone -clone
      pushtrail recover --repo=-clone main > commands
      pushtrail ask --repo=-clone >> commands
      grep -v '^#' commands | grep -e '-C -clone' && exit 1
      grep -v '^aws ' commands > local-commands
      sh -e ./local-commands
      git -C server.git rev-parse refs/heads/recovered/${secret%${secret#????????????}}
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test func `a path with characters that are not shown is offered by neither recover nor ask`() throws {
    let outcome = try StoryShell.run(
      "read-before-removed",
      """
      strange="$(printf 'a $(touch pwned) \\033[31m')"
      mv clone "$strange"
      pushtrail recover --repo "$strange" main > commands
      pushtrail ask --repo "$strange" >> commands
      grep -q '^# (holds characters that are not shown) git -C' commands
      grep -v '^#' commands | grep 'touch' && exit 1
      grep '^#' commands | cut -c2- | grep '[$`&|<>]' && exit 1
      true
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }
}
