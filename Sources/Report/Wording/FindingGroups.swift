internal import Correlation
internal import PushModel

/// Findings as people read them: worst first, protected refs one by one, other refs one line a rule and ref.
struct FindingGroups {
  enum Item {
    case one(Finding)
    case many(Many)
  }

  struct Many {
    var rule: Rule
    var severity: Severity
    var ref: RefName
    var findings: [Finding]
    var commits: Int
    var isUpperBound: Bool

    var phrase: String { rule.phrase(findings: findings.count, commits: commits, isUpperBound: isUpperBound) }
  }

  let items: [Item]
  /// Whether some findings are folded into one line.
  let isFolded: Bool

  init(_ index: PushIndex, showsAll: Bool) {
    struct Key: Hashable {
      var severity: Severity
      var rule: Rule
      var ref: RefName
    }
    let order = Dictionary(uniqueKeysWithValues: Rule.allCases.enumerated().map { ($1, $0) })
    let sorted = index.report.findings.enumerated().sorted { left, right in
      if left.element.severity != right.element.severity { return left.element.severity > right.element.severity }
      let ranks = (order[left.element.rule] ?? 0, order[right.element.rule] ?? 0)
      return ranks.0 != ranks.1 ? ranks.0 < ranks.1 : left.offset < right.offset
    }
    var items: [Item] = []
    var places: [Key: Int] = [:]
    for (_, finding) in sorted {
      guard !showsAll, !finding.isProtected, let ref = finding.ref else {
        items.append(.one(finding))
        continue
      }
      let removed = index.update(of: finding)?.removed
      let commits = removed?.count ?? finding.commits.count
      let key = Key(severity: finding.severity, rule: finding.rule, ref: ref)
      if let place = places[key], case .many(var many) = items[place] {
        many.findings.append(finding)
        many.commits += commits
        many.isUpperBound = many.isUpperBound || removed?.upperBound == true
        items[place] = .many(many)
      } else {
        places[key] = items.count
        items.append(
          .many(
            Many(
              rule: finding.rule, severity: finding.severity, ref: ref, findings: [finding], commits: commits,
              isUpperBound: removed?.upperBound == true)))
      }
    }
    self.items = items
    isFolded = !places.isEmpty
  }
}
