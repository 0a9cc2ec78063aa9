import Testing

import AllCores

@Suite struct AllCoresTests {
  @Test(arguments: [
    [], [0], [5], [1, 1, 1], Array(repeating: 1, count: 1000), [1000] + Array(repeating: 1, count: 50),
  ])
  func sharesFollowEachOtherAndLeaveNothingOut(_ weights: [Int]) {
    let shares = AllCores.shares(of: weights)
    #expect(shares.flatMap(Array.init) == Array(weights.indices))
    #expect(shares.allSatisfy { !$0.isEmpty })
  }

  /// Whichever core makes it, an element stands where its number says.
  @Test(arguments: [0, 1, 2, 17, 5000])
  func elementsStandInTheirOrder(_ count: Int) {
    let shares = AllCores.shares(of: Array(repeating: 1, count: count))
    let made = AllCores.elements(shares, with: { [String]() }) { tool, index in
      tool.append("\(index)")
      return tool.last ?? ""
    }
    #expect(made == (0..<count).map { "\($0)" })
    let mapped = AllCores.map(count, with: {}) { _, index in "\(index)" }
    #expect(mapped == made)
  }

  @Test func bothResultsComeBack() {
    let (first, second) = AllCores.both {
      1
    } and: {
      "2"
    }
    #expect(first == 1 && second == "2")
  }
}
