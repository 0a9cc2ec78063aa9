internal import PushModel

/// What a ref may be at: a tip, nothing, or something that the evidence does not tell.
enum RefValue: Hashable {
  case none
  case tip(ObjectID)
  case unknown(UnknownReason)

  var tip: ObjectID? {
    if case .tip(let id) = self { id } else { nil }
  }

  var isUnknown: Bool {
    if case .unknown = self { true } else { false }
  }

  init(_ sighted: Sighting.Value) {
    switch sighted {
    case .tip(let id): self = .tip(id)
    case .absent: self = .none
    }
  }
}
