/// Who made the events of a batch, each told by a number.
///
/// A role's sessions are new with every hour and with every run of a pipeline: of each, only the texts that tell it from
/// the others are kept, and its `Principal` is made when it is asked for.
public struct PrincipalTable: Sendable {
  /// A principal: all of `wholes[whole]`, but for the texts of its own, where it has any.
  private struct Entry {
    var identity: PrincipalIdentity
    var whole: UInt32
    /// Where its texts begin in `texts`, one after the other.
    var start: UInt32
    var arn: UInt16 = 0
    var principalID: UInt16 = 0
    var accessKeyID: UInt16 = 0
  }

  private var wholes: [Principal] = []
  private var entries: [Entry] = []
  private var texts: [UInt8] = []

  public init() {}

  public var count: Int { entries.count }

  /// Returns its number. Equal ones may have several.
  public mutating func add(_ principal: Principal) -> UInt32 {
    entries.append(
      Entry(identity: PrincipalIdentity(principal), whole: UInt32(wholes.count), start: UInt32(texts.count)))
    wholes.append(principal)
    return UInt32(entries.count - 1)
  }

  /// Adds another session of the role that a principal with a number was in; `nil` where its texts have no room.
  ///
  /// The bytes are ASCII, and must make `Principal.inSession(arn:principalID:accessKeyID:)` right.
  public mutating func add(
    sessionOf number: UInt32, arn: UnsafeRawBufferPointer, principalID: UnsafeRawBufferPointer,
    accessKeyID: UnsafeRawBufferPointer
  ) -> UInt32? {
    guard let start = UInt32(exactly: texts.count), let arnCount = UInt16(exactly: arn.count),
      let principalIDCount = UInt16(exactly: principalID.count),
      let accessKeyIDCount = UInt16(exactly: accessKeyID.count)
    else { return nil }
    unsafe texts += arn
    unsafe texts += principalID
    unsafe texts += accessKeyID
    entries.append(
      unsafe Entry(
        identity: PrincipalIdentity(arn: arn), whole: entries[Int(number)].whole, start: start, arn: arnCount,
        principalID: principalIDCount, accessKeyID: accessKeyIDCount))
    return UInt32(entries.count - 1)
  }

  public subscript(number: Int) -> Principal {
    let entry = entries[number]
    let whole = wholes[Int(entry.whole)]
    guard entry.arn > 0 else { return whole }
    var start = Int(entry.start)
    func next(_ count: UInt16) -> String {
      defer { start += Int(count) }
      return String(decoding: texts[start..<start + Int(count)], as: UTF8.self)
    }
    return whole.inSession(
      arn: next(entry.arn), principalID: next(entry.principalID), accessKeyID: next(entry.accessKeyID))
  }

  /// `Principal.type`, which sessions of a role share.
  public func type(of number: Int) -> String { wholes[Int(entries[number].whole)].type }

  /// Who it is, whatever key they used.
  public func identity(of number: Int) -> PrincipalIdentity { entries[number].identity }
}

/// Tells a principal from others by 128 bits that nobody outside of the process can foresee: equal ones are of one ARN, or
/// of one type, name and account where there is none.
public struct PrincipalIdentity: Hashable, Sendable {
  public let head: UInt64
  public let tail: UInt64

  init(_ principal: Principal) {
    var text = principal.arn ?? [principal.type, principal.name, principal.accountID ?? ""].joined(separator: "\n")
    self = text.withUTF8 { unsafe Self(arn: UnsafeRawBufferPointer($0)) }
  }

  init(arn: UnsafeRawBufferPointer) {
    var (first, second) = (Hasher(), Hasher())
    unsafe first.combine(bytes: arn)
    second.combine(true)
    unsafe second.combine(bytes: arn)
    head = UInt64(bitPattern: Int64(first.finalize()))
    tail = UInt64(bitPattern: Int64(second.finalize()))
  }
}

extension Principal {
  /// The same role in another session, whose name is what follows the colon of its `principalID`; a source identity stays
  /// with the role.
  public func inSession(arn: String, principalID: String, accessKeyID: String) -> Principal {
    let session = principalID.utf8.firstIndex(of: UInt8(ascii: ":")).map { colon in
      String(principalID[principalID.utf8.index(after: colon)...])
    }
    return Principal(
      type: type, name: sourceIdentity ?? session ?? name, arn: arn, accountID: accountID, principalID: principalID,
      accessKeyID: accessKeyID, role: role, session: session, sourceIdentity: sourceIdentity, mfa: mfa,
      invokedBy: invokedBy)
  }
}
