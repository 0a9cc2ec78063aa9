/// Who made the events of a batch, each told by a number.
///
/// A role's sessions are new with every hour and with every run of a pipeline: of each, only its name and key are kept, and
/// its `Principal` is made when it is asked for.
public struct PrincipalTable: Sendable {
  private struct Whole {
    var principal: Principal
    /// What the identities of other sessions of its role begin with.
    var role: PrincipalIdentity.Beginning?
  }

  /// A principal: all of `wholes[whole]`, but for its own name and key, where it has them.
  private struct Entry {
    var identity: PrincipalIdentity
    var whole: UInt32
    /// Where its name begins in `texts`, and its key behind that.
    var start: UInt32 = 0
    var name: UInt32 = 0
    var accessKeyID: UInt32 = 0
  }

  private var wholes: [Whole] = []
  private var entries: [Entry] = []
  private var texts: [UInt8] = []
  /// All of them, once that was worth while.
  private var made: [Principal] = []

  public init() {}

  public var count: Int { entries.count }

  mutating func reserve(sessions: Int, bytes: Int) {
    entries.reserveCapacity(entries.count + sessions)
    texts.reserveCapacity(texts.count + bytes)
  }

  /// Returns its number. Equal ones may have several.
  public mutating func add(_ principal: Principal) -> UInt32 {
    entries.append(Entry(identity: PrincipalIdentity(principal), whole: UInt32(wholes.count)))
    wholes.append(Whole(principal: principal))
    return UInt32(entries.count - 1)
  }

  /// A session by its name and key, and a principal that was in its role; `nil` where the number is of no such.
  func session(_ number: Int) -> (other: Principal, name: ArraySlice<UInt8>, accessKeyID: ArraySlice<UInt8>)? {
    let entry = entries[number]
    guard entry.name > 0 else { return nil }
    let key = Int(entry.start + entry.name)
    return (
      wholes[Int(entry.whole)].principal, texts[Int(entry.start)..<key], texts[key..<key + Int(entry.accessKeyID)]
    )
  }

  /// Adds another session of the role that a principal with a number was in; `nil` where its texts have no room.
  ///
  /// The bytes are ASCII, and must make `Principal.inSession(named:accessKeyID:)` right.
  public mutating func add(
    sessionOf number: UInt32, named name: UnsafeRawBufferPointer, accessKeyID: UnsafeRawBufferPointer
  ) -> UInt32? {
    let whole = Int(entries[Int(number)].whole)
    let role = wholes[whole].role ?? PrincipalIdentity.Beginning(roleOf: wholes[whole].principal)
    wholes[whole].role = role
    guard let start = UInt32(exactly: texts.count), let nameCount = UInt32(exactly: name.count),
      let accessKeyIDCount = UInt32(exactly: accessKeyID.count)
    else { return nil }
    unsafe texts += name
    unsafe texts += accessKeyID
    entries.append(
      unsafe Entry(
        identity: PrincipalIdentity(role, name), whole: UInt32(whole), start: start, name: nameCount,
        accessKeyID: accessKeyIDCount))
    return UInt32(entries.count - 1)
  }

  /// Makes each now, where they are asked for several times as often: by so many events.
  mutating func settle(for events: Int) {
    if entries.count <= events / 4 { made = entries.indices.map { self[$0] } }
  }

  public subscript(number: Int) -> Principal {
    if number < made.count { return made[number] }
    guard let (other, name, accessKeyID) = session(number) else { return wholes[Int(entries[number].whole)].principal }
    return other.inSession(
      named: String(decoding: name, as: UTF8.self), accessKeyID: String(decoding: accessKeyID, as: UTF8.self))
  }

  /// `Principal.type`, which sessions of a role share.
  public func type(of number: Int) -> String { wholes[Int(entries[number].whole)].principal.type }

  /// Who it is, whatever key they used.
  public func identity(of number: Int) -> PrincipalIdentity { entries[number].identity }
}

/// Tells a principal from others by 128 bits that nobody outside of the process can foresee: equal ones are of one ARN, or
/// of one type, name and account where there is none.
public struct PrincipalIdentity: Hashable, Sendable {
  public let head: UInt64
  public let tail: UInt64

  /// What the identities of all that have the same ARN up to its last slash begin with.
  struct Beginning: Sendable {
    fileprivate var first = Hasher()
    fileprivate var second = Hasher()

    init(roleOf principal: Principal) { self.init(PrincipalIdentity.text(of: principal).role) }

    fileprivate init(_ text: some StringProtocol) {
      second.combine(true)
      first.combine(text)
      second.combine(text)
    }
  }

  init(_ principal: Principal) {
    let (role, rest) = Self.text(of: principal)
    var name = String(rest)
    self = name.withUTF8 { unsafe Self(Beginning(role), UnsafeRawBufferPointer($0)) }
  }

  init(_ beginning: Beginning, _ name: UnsafeRawBufferPointer) {
    var (first, second) = (beginning.first, beginning.second)
    unsafe first.combine(bytes: name)
    unsafe second.combine(bytes: name)
    head = UInt64(bitPattern: Int64(first.finalize()))
    tail = UInt64(bitPattern: Int64(second.finalize()))
  }

  /// All that tells who it is: up to the last slash, and what follows that.
  private static func text(of principal: Principal) -> (role: Substring, name: Substring) {
    let text = principal.arn ?? [principal.type, principal.name, principal.accountID ?? ""].joined(separator: "\n")
    let end = text.utf8.lastIndex(of: UInt8(ascii: "/")).map { text.utf8.index(after: $0) } ?? text.startIndex
    return (text[..<end], text[end...])
  }
}

extension Principal {
  /// The same role in another session, with whose name its ARN ends and its `principalID` behind the colon; a source
  /// identity stays with the role.
  public func inSession(named name: String, accessKeyID: String) -> Principal {
    let slash = arn?.utf8.lastIndex(of: UInt8(ascii: "/"))
    let colon = principalID?.utf8.firstIndex(of: UInt8(ascii: ":"))
    return Principal(
      type: type, name: sourceIdentity ?? name, arn: slash.flatMap { arn?[...$0] }.map { $0 + name },
      accountID: accountID, principalID: colon.flatMap { principalID?[...$0] }.map { $0 + name },
      accessKeyID: accessKeyID, role: role, session: name, sourceIdentity: sourceIdentity, mfa: mfa,
      invokedBy: invokedBy)
  }
}
