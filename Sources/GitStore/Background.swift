internal import Dispatch
internal import Synchronization

/// Work that another thread does meanwhile.
final class Background<Value: Sendable>: Sendable {
  private let result = Mutex<Value?>(nil)
  private let group = DispatchGroup()

  init(_ work: @escaping @Sendable () -> Value) {
    DispatchQueue.global(qos: .userInitiated).async(group: group) { [self] in
      let value = work()
      result.withLock { $0 = value }
    }
  }

  /// What came of it, once it is done; to be taken once.
  func value() -> Value? {
    group.wait()
    return result.withLock { result in
      defer { result = nil }
      return result
    }
  }
}
