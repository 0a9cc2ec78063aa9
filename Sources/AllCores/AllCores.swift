public import Dispatch
internal import Glibc
public import Synchronization

/// Work that is done in shares, on all of the machine's cores. What comes of it never depends on how many there are.
public enum AllCores {
  /// How many there are, at least one.
  public static let count = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  /// What comes of each share, in their order.
  ///
  /// Every core has a `tool` of its own, and takes the next share as soon as it is done with one.
  @inlinable
  public static func map<Tool, Result: Sendable>(
    _ shares: Int, with tool: @Sendable () -> Tool, _ work: @Sendable (inout Tool, Int) -> Result
  ) -> [Result] {
    let next = Atomic(0)
    let results = Mutex<[Result?]>(Array(repeating: nil, count: shares))
    DispatchQueue.concurrentPerform(iterations: min(shares, count)) { _ in
      var own = tool()
      while true {
        let share = next.add(1, ordering: .relaxed).oldValue
        guard share < shares else { return }
        let result = work(&own, share)
        results.withLock { $0[share] = result }
      }
    }
    return results.withLock { $0.compactMap(\.self) }
  }

  /// An element for each number within the shares, which follow each other from 0 on: each is put where it belongs.
  @inlinable
  public static func elements<Tool, Element: Sendable>(
    _ shares: [Range<Int>], with tool: @Sendable () -> Tool, _ make: @Sendable (inout Tool, Int) -> Element
  ) -> [Element] {
    unsafe Array(unsafeUninitializedCapacity: shares.last?.upperBound ?? 0) { buffer, count in
      nonisolated(unsafe) let places = unsafe buffer
      count = map(shares.count, with: tool) { tool, share in
        for index in shares[share] { unsafe places.initializeElement(at: index, to: make(&tool, index)) }
        return shares[share].count
      }.reduce(0, +)
    }
  }

  /// Two things at the same time.
  public static func both<First: Sendable, Second>(
    _ first: @escaping @Sendable () -> First, and second: () -> Second
  ) -> (First, Second) {
    let result = Mutex<First?>(nil)
    let group = DispatchGroup()
    DispatchQueue.global(qos: .userInitiated).async(group: group) {
      let value = first()
      result.withLock { $0 = value }
    }
    let other = second()
    group.wait()
    return (result.withLock { $0 } ?? first(), other)
  }

  /// Lets go of a value that nobody needs any more: taking hundreds of thousands of parts to pieces takes a while, and
  /// nothing need wait for it.
  public static func letGo<Value: Sendable>(_ value: consuming Value) {
    let value = value
    DispatchQueue.global(qos: .utility).async { withExtendedLifetime(value) {} }
  }

  /// Ranges of some numbers, each of about the same weight: a few for each core, so that none waits long for the last.
  public static func shares(of weights: [Int]) -> [Range<Int>] {
    let limit = max(1, weights.reduce(0, +) / (8 * count))
    var shares: [Range<Int>] = []
    var start = 0
    var weight = 0
    for (index, own) in weights.enumerated() {
      weight += own
      if weight >= limit {
        shares.append(start..<index + 1)
        start = index + 1
        weight = 0
      }
    }
    if start < weights.count { shares.append(start..<weights.count) }
    return shares
  }
}
