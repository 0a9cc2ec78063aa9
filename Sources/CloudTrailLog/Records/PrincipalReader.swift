internal import PushModel

/// Reads `userIdentity`.
///
/// Source: CloudTrail User Guide, "CloudTrail userIdentity element". Real records also come without a type, with
/// `invokedBy` or `inScopeOf` beside any type, and with truth values as text; none of that is damage.
extension RecordFields {
  mutating func principal(_ record: JSONValue) -> Principal {
    let identity = object(record, "userIdentity")
    let context = object(identity, "sessionContext")
    let issuer = object(context, "sessionIssuer")
    var principal = Principal(type: text(identity, "type") ?? "Unknown", name: "")
    principal.arn = text(identity, "arn")
    principal.accountID = text(identity, "accountId")
    principal.principalID = text(identity, "principalId")
    principal.accessKeyID = text(identity, "accessKeyId")
    principal.invokedBy = text(identity, "invokedBy")
    principal.sourceIdentity = text(context, "sourceIdentity")
    principal.mfa = flag(object(context, "attributes"), "mfaAuthenticated")
    let userName = text(identity, "userName")
    let arnName = principal.arn.flatMap(Self.lastSegment)

    let label: String?
    switch principal.type {
    case "AssumedRole":
      let segments =
        principal.arn?.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) } ?? []
      principal.session = Self.afterColon(principal.principalID) ?? (segments.count >= 3 ? segments.last : nil)
      // A role with a path has no path in an assumed role's ARN.
      principal.role = text(issuer, "userName") ?? (segments.count >= 3 ? segments[1] : nil)
      label = principal.sourceIdentity ?? principal.session
    case "Role":
      principal.role = text(issuer, "userName") ?? userName ?? arnName
      label = principal.sourceIdentity ?? userName ?? arnName
    case "FederatedUser":
      label = principal.sourceIdentity ?? arnName ?? Self.afterColon(principal.principalID) ?? userName
    case "IdentityCenterUser":
      label = text(object(identity, "onBehalfOf"), "userId") ?? userName
    case "Root":
      label = userName ?? "root"
    case "AWSService":
      label = principal.invokedBy
    case "AWSAccount":
      label = principal.principalID ?? principal.accountID
    case "Directory", "Unknown":
      label = userName ?? principal.principalID
    default:
      label = userName ?? arnName
    }
    principal.name =
      label ?? userName ?? arnName ?? principal.principalID ?? principal.invokedBy ?? principal.accountID ?? "unknown"
    return principal
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
