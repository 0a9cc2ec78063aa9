internal import PushModel

/// Reads `userIdentity`.
///
/// Source: CloudTrail User Guide, "CloudTrail userIdentity element". Real records also come without a type, with
/// `invokedBy` or `inScopeOf` beside any type, and with truth values as text; none of that is damage.
extension RecordFields {
  mutating func principal(_ record: JSONValue) -> Principal { principal(of: object(record, "userIdentity")) }

  /// Nothing is read of the session's `creationDate`: `EventCache` knows identities without it.
  mutating func principal(of identity: JSONValue?) -> Principal {
    let context = object(identity, "sessionContext")
    let issuer = object(context, "sessionIssuer")
    let type = text(identity, "type") ?? "Unknown"
    let arn = text(identity, "arn")
    let accountID = text(identity, "accountId")
    let principalID = text(identity, "principalId")
    let accessKeyID = text(identity, "accessKeyId")
    let invokedBy = text(identity, "invokedBy")
    let sourceIdentity = text(context, "sourceIdentity")
    let mfa = flag(object(context, "attributes"), "mfaAuthenticated")
    let userName = text(identity, "userName")
    let arnName = arn.flatMap(Self.lastSegment)
    var role: String?
    var session: String?

    let label: String?
    switch type {
    case "AssumedRole":
      let segments =
        arn?.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) } ?? []
      session = Self.afterColon(principalID) ?? (segments.count >= 3 ? segments.last : nil)
      // A role with a path has no path in an assumed role's ARN.
      role = text(issuer, "userName") ?? (segments.count >= 3 ? segments[1] : nil)
      label = sourceIdentity ?? session
    case "Role":
      role = text(issuer, "userName") ?? userName ?? arnName
      label = sourceIdentity ?? userName ?? arnName
    case "FederatedUser":
      label = sourceIdentity ?? arnName ?? Self.afterColon(principalID) ?? userName
    case "IdentityCenterUser":
      label = text(object(identity, "onBehalfOf"), "userId") ?? userName
    case "Root":
      label = userName ?? "root"
    case "AWSService":
      label = invokedBy
    case "AWSAccount":
      label = principalID ?? accountID
    case "Directory", "Unknown":
      label = userName ?? principalID
    default:
      label = userName ?? arnName
    }
    let name =
      label ?? userName ?? arnName ?? principalID ?? invokedBy ?? accountID ?? "unknown"
    return Principal(
      type: type, name: name, arn: arn, accountID: accountID, principalID: principalID, accessKeyID: accessKeyID,
      role: role, session: session, sourceIdentity: sourceIdentity, mfa: mfa, invokedBy: invokedBy)
  }

  /// `NAME` of `arn:aws:iam::111122223333:user/path/NAME`.
  private static func lastSegment(_ arn: String) -> String? {
    guard let slash = arn.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    let name = arn[arn.utf8.index(after: slash)...]
    return name.isEmpty ? nil : String(name)
  }

  private static func afterColon(_ principalID: String?) -> String? {
    guard let principalID, let colon = principalID.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let name = principalID[principalID.utf8.index(after: colon)...]
    return name.isEmpty ? nil : String(name)
  }
}
