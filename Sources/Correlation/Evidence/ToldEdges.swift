public import GitStore
internal import PushModel
public import RefLedger

/// Edges of the commit graph that events tell, for commits that no clone may have (DESIGN 3: "the edge joins the graph").
public enum ToldEdges {
  public static func commits(of ledger: Ledger, coverage: Coverage) -> [ToldCommit] {
    // By ref number: the index of its last update, and when updates last came thick and fast.
    var previous: [Int?] = Array(repeating: nil, count: ledger.refs.count)
    var crowded: [Timestamp?] = Array(repeating: nil, count: ledger.refs.count)
    var result: [ToldCommit] = []
    let omissions = Omissions(ledger).all
    for index in ledger.updates.indices {
      let ref = ledger.updates[index].refNumber
      let time = ledger.updates[index].time
      defer {
        if let last = previous[ref], time - ledger.updates[last].time <= TimelineItem.raceWindow { crowded[ref] = time }
        previous[ref] = index
      }
      if ledger.updates[index].isPlain { continue }
      let update = ledger.updates[index]
      guard let after = update.after, let change = update.change, change.addsToBranch else { continue }
      switch (change.call, update.told) {
      case (.commit, .tip(let parent)): result.append(ToldCommit(id: after, parents: [parent], allParents: true))
      case (.commit, .none): result.append(ToldCommit(id: after, parents: [], allParents: true))
      default:
        // A merge goes on top of what was there: the previous update's tip, where nothing can have come in between.
        var parents: [ObjectID] = []
        if case .tip(let before) = update.told {
          parents.append(before)
        } else if let last = previous[ref].map({ ledger.updates[$0] }), let tip = last.after,
          time - last.time > TimelineItem.orderSlack,
          last.change != nil || crowded[ref] != last.time,
          coverage.separation(from: last.time, to: time) == .none,
          !omissions.contains(where: { last.time <= $0 && $0 <= time })
        {
          parents.append(tip)
        }
        if change.call == .mergeThreeWay, let source = change.mergeSource { parents.append(source) }
        if !parents.isEmpty, !parents.contains(after) {
          result.append(ToldCommit(id: after, parents: parents, allParents: false))
        }
      }
    }
    return result
  }
}
