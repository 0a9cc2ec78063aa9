internal import PushModel

/// The graph under construction: what the tips lead to, each commit from the first clone that has it, left behind in
/// topological order by one walk, depth first.
///
/// A commit is called by its *slot*: its position in the first clone's commit-graph, whose file says everything of it, or
/// a number above those positions for every other commit, as they are first named. Everything of a commit lies in flat
/// arrays at its slot; a history of a million commits has no object per commit.
struct GraphDiscovery {
  typealias Slot = UInt32

  static let nobody: UInt16 = .max

  /// Where the walk left a commit: its node in the finished graph, or one of the three numbers above all nodes.
  enum Place {
    static let unread: UInt32 = .max
    /// Its parents are being walked.
    static let open: UInt32 = .max - 1
    /// The clone no longer has what its commit-graph has at the position: another slot stands for the commit.
    static let elsewhere: UInt32 = .max - 2
    static func isNode(_ place: UInt32) -> Bool { place < elsewhere }
  }

  private enum Object {
    case tag(ObjectID, mayLeadToCommit: Bool)
    case other
  }

  /// Where a commit was found.
  private enum Source {
    case graph(clone: Int, position: UInt32)
    case object(ObjectDatabase.Outcome, owner: UInt16)
  }

  private let clones: [Clone]
  private let told: [ObjectID: ToldCommit]

  // MARK: The first clone's commit-graph

  private let base: CommitGraphChain?
  private let baseCount: Int
  /// And where the walk left each of its commits.
  private var baseCommits: ParentTable
  /// Its positions whose commits are in no pack, ascending: those may be gone.
  private let unpacked: [UInt32]
  private var replacements: [UInt32: Slot] = [:]

  // MARK: Every other commit, at its slot less `baseCount`

  private var ids: [ObjectID] = []
  private var times: [Int64] = []
  /// The clone that has the commit.
  private var owners: [UInt16] = []
  /// Whether some parents are not known.
  private var isBoundary: [Bool] = []
  /// Its parents are `parents[parentStarts[n]..<parentStarts[n] + parentCounts[n]]`, once it is read.
  private var parentStarts: [UInt32] = []
  private var parentCounts: [UInt16] = []
  private var parents: [Slot] = []
  private var table = NodeTable()
  private var others: [ObjectID: Object] = [:]

  /// The commit-graphs of the other clones, and the slot of each of their commits that was come to.
  private let graphs: [CommitGraphChain?]
  private let parentTables: [ParentTable?]
  private var slotsInGraph: [[Slot]]

  // MARK: The walk

  private struct Step {
    var slot: Slot
    /// How many commits were placed when the walk came to it; `unread` before that.
    var placedBefore = Place.unread
  }

  /// Of the commits that are not in the first clone's commit-graph.
  private var places: [UInt32] = []
  private var stack: [Step] = []
  /// What the walk left behind, parents before children.
  private(set) var found: FoundCommits
  /// Objects of each clone that are there and cannot be read.
  private(set) var damage: [[String]]
  /// A clone whose commit-graph is damaged, and one whose contradicts itself.
  private var unsound: Int?
  private var contradiction: Int?

  init(clones: [Clone], told: [ToldCommit]) {
    self.clones = clones
    self.told = Dictionary(told.map { ($0.id, $0) }) { first, _ in first }
    graphs = clones.map { $0.commitGraph() }
    base = graphs.first ?? nil
    baseCount = base?.count ?? 0
    (baseCommits, unpacked) = Self.opened(base, of: clones.first)
    parentTables = graphs.enumerated().map { $0 == 0 ? nil : $1?.parents() }
    slotsInGraph = graphs.enumerated().map { Array(repeating: Place.unread, count: $0 == 0 ? 0 : $1?.count ?? 0) }
    damage = Array(repeating: [], count: clones.count)
    found = FoundCommits(clones: clones.count)
    found.reserve(baseCount)
  }

  private static func opened(_ base: CommitGraphChain?, of clone: Clone?) -> (ParentTable, unpacked: [UInt32]) {
    guard let base, let clone else { return (ParentTable(), []) }
    let parents = Background { base.parents() }
    let unpacked = clone.unpacked(in: base)
    return (parents.value() ?? ParentTable(), unpacked)
  }

  /// Arrays that grow by doubling hold up to three times what is in them.
  private mutating func reserve(_ more: Int) {
    let count = ids.count + more
    ids.reserveCapacity(count)
    times.reserveCapacity(count)
    owners.reserveCapacity(count)
    isBoundary.reserveCapacity(count)
    parentStarts.reserveCapacity(count)
    parentCounts.reserveCapacity(count)
    parents.reserveCapacity(parents.count + more + more / 3)
    places.reserveCapacity(count)
    found.reserve(baseCount + count)
  }

  /// Reads everything that some ids lead to, while another thread takes the checksums of the commit-graphs.
  mutating func read(from tips: [ObjectID]) {
    let chains = graphs
    let damaged = Background { chains.firstIndex { $0?.isSound == false } }
    let positions = base?.positions(of: tips) ?? Array(repeating: nil, count: tips.count)
    readAhead(from: zip(tips, positions).compactMap { $1 == nil ? $0 : nil })
    for (tip, position) in zip(tips, positions) {
      if let slot = position.flatMap(slot(inBase:)), isRead(slot) { walk(from: slot) } else { read(from: tip) }
    }
    unsound = damaged.value() ?? nil
  }

  // MARK: - Reading ahead

  /// Fewer commits than this are read where the walk comes to them.
  private static let worthwhile = 64

  /// Reads at once, on several threads, what the walk from some tips will surely ask the first clones' objects for: of a
  /// clone without a commit-graph the commits of its packs, else what lies on top of its commit-graph. The tips are those
  /// that the first clone's commit-graph lacks.
  private mutating func readAhead(from tips: [ObjectID]) {
    for index in clones.indices {
      if graphs[index] == nil {
        readPackedCommits(of: index)
      } else if index == 0 {
        readTop(of: index, from: tips)
      }
    }
  }

  /// Packs hold hardly any commit that no tip leads to; what none does is dropped again.
  private mutating func readPackedCommits(of clone: Int) {
    let earlier = clones[..<clone]
    var commits = clones[clone].packedCommits()
    if clone > 0 {
      commits.removeAll { place in
        let id = clones[clone].id(at: place)
        return isRead(id) || earlier.contains { $0.has(id) }
      }
    }
    guard commits.count >= Self.worthwhile else { return }
    reserve(commits.count)
    table.reserve(ids.count + commits.count, ids)
    let reader = clones[clone].parallelReader()
    // So many at a time that what was read and not yet noted down takes little room.
    let share = 1 << 15
    for start in stride(from: 0, to: commits.count, by: share) {
      note(reader.read(commits[start..<min(commits.count, start + share)]), of: clone)
    }
  }

  /// Level by level: the tips, then their parents that the commit-graph lacks ...
  private mutating func readTop(of clone: Int, from tips: [ObjectID]) {
    var wanted = tips
    var reader: ParallelReader?
    while true {
      wanted = unique(wanted.filter { !isRead($0) })
      var places = wanted.compactMap(clones[clone].packedPlace(of:))
      guard places.count >= Self.worthwhile else { return }
      places.sort { ($0.pack, $0.offset) < ($1.pack, $1.offset) }
      let known = reader ?? clones[clone].parallelReader()
      reader = known
      let batches = known.read(places[...])
      note(batches, of: clone)
      wanted = batches.flatMap(\.parents).filter { graphs[clone]?.position(of: $0) == nil }
    }
  }

  private mutating func note(_ batches: [ParallelReader.Batch], of clone: Int) {
    for batch in batches {
      var start = 0
      for (index, count) in batch.parentCounts.enumerated() {
        guard let count else { continue }
        let slot = slot(for: batch.ids[index])
        if !isRead(slot) {
          put(batch.parents[start..<start + count], batch.times[index], owner: UInt16(clone), at: slot)
        }
        start += count
      }
    }
  }

  // MARK: - The walk

  /// Reads what an id leads to: a commit's whole history, through tags.
  private mutating func read(from tip: ObjectID) {
    var next: ObjectID? = tip
    while let id = next {
      next = nil
      if let slot = knownSlot(of: id), isRead(slot) { return walk(from: slot) }
      guard others[id] == nil else { return }
      let source = source(of: id)
      switch source {
      case .object(.tag(let target, let mayLeadToCommit), _):
        others[id] = .tag(target, mayLeadToCommit: mayLeadToCommit)
        next = target
      case .object(.other, _): others[id] = .other
      case .object(_, owner: Self.nobody) where told[id] == nil:
        // An id that is nowhere is no node; it may still turn out to be somebody's parent.
        return
      case .graph, .object:
        let slot = slot(for: id)
        put(source, at: slot)
        walk(from: slot)
      }
    }
  }

  private mutating func walk(from root: Slot) {
    push(root)
    while let step = stack.last {
      if step.placedBefore != Place.unread {
        stack.removeLast()
        place(step)
      } else if ownPlace(of: step.slot) == Place.unread {
        setPlace(of: step.slot, Place.open)
        stack[stack.count - 1].placedBefore = UInt32(found.count)
        // The first parent is taken up first: then a main line has all of its history just below it.
        if step.slot < baseCount { pushParents(inBase: Int(step.slot)) } else { pushParents(of: step.slot) }
      } else {
        stack.removeLast()
      }
    }
  }

  @inline(__always)
  private mutating func push(_ slot: Slot) {
    let place = ownPlace(of: slot)
    if place == Place.unread {
      stack.append(Step(slot: slot))
    } else if place == Place.elsewhere, let slot = replacements[slot], ownPlace(of: slot) == Place.unread {
      stack.append(Step(slot: slot))
    }
  }

  private mutating func pushParents(inBase position: Int) {
    let commit = baseCommits.commits[position]
    if !commit.isOctopus {
      if commit.second != ParentTable.none { pushInBase(commit.second) }
      if commit.first != ParentTable.none { pushInBase(commit.first) }
    } else if let parents = baseCommits.parents(of: position) {
      for parent in parents.reversed() { pushInBase(parent) }
    } else {
      contradiction = 0
    }
  }

  @inline(__always)
  private mutating func pushInBase(_ position: UInt32) {
    if position < baseCount { push(position) } else { contradiction = 0 }
  }

  private mutating func pushParents(of slot: Slot) {
    if !isRead(slot) { put(source(of: ids[Int(slot) - baseCount]), at: slot) }
    for parent in parents(of: slot).reversed() { push(parent) }
  }

  /// Leaves a commit behind, all of whose parents have been.
  private mutating func place(_ step: Step) {
    setPlace(of: step.slot, UInt32(found.count))
    guard step.slot < baseCount else {
      let index = Int(step.slot) - baseCount
      found.begin(step.slot, step.placedBefore, owner: owners[index], isComplete: !isBoundary[index])
      if owners[index] == Self.nobody, told[ids[index]]?.isOnServer == true { found.noteOnServer() }
      for parent in parents(of: step.slot) { link(parent) }
      return found.end()
    }
    let commit = baseCommits.commits[Int(step.slot)]
    found.begin(step.slot, step.placedBefore, owner: 0, isComplete: true)
    if !commit.isOctopus {
      if commit.first != ParentTable.none { linkInBase(commit.first) }
      if commit.second != ParentTable.none { linkInBase(commit.second) }
    } else {
      for parent in baseCommits.parents(of: Int(step.slot)) ?? [] { linkInBase(parent) }
    }
    found.end()
  }

  @inline(__always)
  private mutating func linkInBase(_ position: UInt32) {
    guard position < baseCount else { return }
    let place = baseCommits.commits[Int(position)].place
    if place == Place.elsewhere { link(position) } else { found.link(place) }
  }

  private mutating func link(_ parent: Slot) {
    found.link(place(of: parent))
    if owner(of: parent) == Self.nobody { found.noteCut() }
  }

  /// In the first clone that has it and can read it.
  private mutating func source(of id: ObjectID) -> Source {
    for (index, clone) in clones.enumerated() {
      if let position = graphs[index]?.position(of: id), index == 0 ? isThere(position) : clone.has(id) {
        return .graph(clone: index, position: position)
      }
      switch clone.read(id) {
      case .absent: continue
      case .damaged(let reason): damage[index].append("object \(id) cannot be read: \(reason)")
      case let outcome: return .object(outcome, owner: UInt16(index))
      }
    }
    return .object(.absent, owner: Self.nobody)
  }

  /// Notes at a commit's slot what is known of it.
  private mutating func put(_ source: Source, at slot: Slot) {
    guard slot >= baseCount else { return }
    switch source {
    case .graph(let clone, let position): putFromGraph(clone, position, at: slot)
    case .object(.commit(let parents, let time), let owner): put(parents[...], time, owner: owner, at: slot)
    case .object:
      let index = Int(slot) - baseCount
      let commit = told[ids[index]]
      isBoundary[index] = !(commit?.allParents ?? false)
      put(commit?.parents[...] ?? [], commit?.time ?? .min, owner: Self.nobody, at: slot)
    }
  }

  /// What a commit names as its parent has a slot even where no clone has it: that much of its history is known.
  private mutating func put(_ parentIDs: ArraySlice<ObjectID>, _ time: Int64, owner: UInt16, at slot: Slot) {
    start(slot, time, owner, parentCount: parentIDs.count)
    for id in parentIDs.prefix(Int(UInt16.max)) { parents.append(self.slot(for: id)) }
  }

  /// The same of a commit in another clone's commit-graph, which names parents by position. An earlier clone may have
  /// the parent, and comes first.
  private mutating func putFromGraph(_ clone: Int, _ position: UInt32, at slot: Slot) {
    guard let graph = graphs[clone], let positions = parentTables[clone]?.parents(of: Int(position)),
      positions.allSatisfy({ $0 < graph.count })
    else {
      contradiction = clone
      return start(slot, .min, Self.nobody, parentCount: 0)
    }
    start(slot, graph.time(at: position), UInt16(clone), parentCount: positions.count)
    slotsInGraph[clone][Int(position)] = slot
    for position in positions.prefix(Int(UInt16.max)) {
      var parent = slotsInGraph[clone][Int(position)]
      if parent == Place.unread {
        parent = self.slot(for: graph.id(at: position))
        slotsInGraph[clone][Int(position)] = parent
      }
      parents.append(parent)
    }
  }

  private mutating func start(_ slot: Slot, _ time: Int64, _ owner: UInt16, parentCount: Int) {
    let index = Int(slot) - baseCount
    times[index] = time
    owners[index] = owner
    parentStarts[index] = UInt32(parents.count)
    parentCounts[index] = UInt16(clamping: parentCount)
    if parentCount > Int(UInt16.max) { isBoundary[index] = true }
  }

  // MARK: - Slots

  /// Whether the first clone still has the commit at a position of its commit-graph.
  private func isThere(_ position: UInt32) -> Bool {
    guard !unpacked.isEmpty, let base else { return true }
    var (low, high) = (0, unpacked.count)
    while low < high {
      let middle = (low + high) / 2
      if unpacked[middle] < position { low = middle + 1 } else { high = middle }
    }
    guard low < unpacked.count, unpacked[low] == position else { return true }
    return clones[0].has(base.id(at: position))
  }

  private func replacement(of slot: Slot) -> Slot? {
    ownPlace(of: slot) == Place.elsewhere ? replacements[slot] : nil
  }

  @inline(__always)
  private func ownPlace(of slot: Slot) -> UInt32 {
    slot < baseCount ? baseCommits.commits[Int(slot)].place : places[Int(slot) - baseCount]
  }

  @inline(__always)
  private mutating func setPlace(of slot: Slot, _ place: UInt32) {
    if slot < baseCount { baseCommits.put(Int(slot), at: place) } else { places[Int(slot) - baseCount] = place }
  }

  /// The slot of an id, if it has one already or the first clone's commit-graph gives it one.
  private func knownSlot(of id: ObjectID) -> Slot? {
    guard let position = base?.position(of: id) else {
      return table.node(of: id, in: ids).map { $0 + UInt32(baseCount) }
    }
    return slot(inBase: position)
  }

  /// The same of what the first clone's commit-graph has at a position.
  private func slot(inBase position: UInt32) -> Slot? {
    if let replacement = replacement(of: position) { return replacement }
    return ownPlace(of: position) != Place.unread || isThere(position) ? position : nil
  }

  /// The slot of an id; a new one if it has none yet.
  private mutating func slot(for id: ObjectID) -> Slot {
    if let slot = knownSlot(of: id) { return slot }
    let slot = UInt32(baseCount + ids.count)
    if let position = base?.position(of: id) {
      setPlace(of: position, Place.elsewhere)
      replacements[position] = slot
    } else {
      table.insert(UInt32(ids.count), of: id, ids)
    }
    ids.append(id)
    times.append(.min)
    owners.append(Self.nobody)
    isBoundary.append(false)
    parentStarts.append(Place.unread)
    parentCounts.append(0)
    places.append(Place.unread)
    return slot
  }

  /// Whether its parents are known: those of the commit-graph always are.
  private func isRead(_ slot: Slot) -> Bool {
    slot < baseCount || parentStarts[Int(slot) - baseCount] != Place.unread
  }

  private func isRead(_ id: ObjectID) -> Bool { knownSlot(of: id).map(isRead) ?? false }

  /// The parents of a commit that is not in the first clone's commit-graph.
  private func parents(of slot: Slot) -> ArraySlice<Slot> {
    let start = Int(parentStarts[Int(slot) - baseCount])
    return parents[start..<start + Int(parentCounts[Int(slot) - baseCount])]
  }

  /// Where the walk left a commit, by whichever slot it is called.
  private func place(of slot: Slot) -> UInt32 { ownPlace(of: replacement(of: slot) ?? slot) }

  // MARK: - What was found

  /// A clone whose commit-graph cannot be believed, and why: it is damaged, it contradicts itself, or a commit that was
  /// read from it is no longer there.
  func falseGraph() -> (clone: Int, reason: String)? {
    if let unsound { return (unsound, "its checksum does not hold") }
    if let contradiction { return (contradiction, "it names parents that are not in it") }
    for (index, graph) in graphs.enumerated() {
      guard let graph, let gone = index == 0 ? firstGoneOfBase() : firstGone(of: index, graph) else { continue }
      return (index, "commit \(gone) is in it and no longer in the clone")
    }
    return nil
  }

  private func firstGoneOfBase() -> ObjectID? {
    guard let base, let gone = unpacked.first(where: { Place.isNode(ownPlace(of: $0)) && !isThere($0) }) else {
      return nil
    }
    return base.id(at: gone)
  }

  private func firstGone(of clone: Int, _ graph: CommitGraphChain) -> ObjectID? {
    let slots = slotsInGraph[clone]
    let read = slots.indices.filter { position in
      let slot = Int(slots[position])
      return slots[position] != Place.unread && slot >= baseCount && owners[slot - baseCount] == UInt16(clone)
    }
    return clones[clone].firstGone(of: read.map { UInt32($0) }, in: graph)
  }

  /// The clone that has a commit that was come to.
  private func owner(of slot: Slot) -> UInt16 {
    let slot = Int(replacement(of: slot) ?? slot)
    return slot < baseCount ? 0 : owners[slot - baseCount]
  }

  /// The node of an id that was come to.
  private func node(of id: ObjectID) -> UInt32? {
    guard let place = knownSlot(of: id).map(place), Place.isNode(place) else { return nil }
    return place
  }

  /// The object that an id leads to, where no clone has it: itself or, through tags, one that may be a commit.
  func missingEnd(of id: ObjectID) -> ObjectID? {
    let (end, mayBeCommit) = end(of: id, mayBeCommit: true)
    if let node = node(of: end) { return owner(of: found.order[Int(node)]) == Self.nobody ? end : nil }
    return others[end] == nil && mayBeCommit ? end : nil
  }

  /// What an id leads to through tags, and whether that may be a commit by the word of the last of them.
  private func end(of id: ObjectID, mayBeCommit: Bool) -> (ObjectID, mayBeCommit: Bool) {
    var (end, mayBeCommit) = (id, mayBeCommit)
    // A tag's id hashes its target's: no chain of tags comes back to itself.
    while case .tag(let target, let mayLeadToCommit) = others[end] { (end, mayBeCommit) = (target, mayLeadToCommit) }
    return (end, mayBeCommit)
  }

  /// Everything that the walk came to.
  func graph() -> CommitGraph {
    let index = Background { [base, baseCommits, ids, places, count = found.count] in
      var table = NodeTable()
      table.reserve(count, [])
      base?.forEach { position, id, _ in
        let place = baseCommits.commits[position].place
        if place < count { table.add(place, of: id) }
      }
      for (id, place) in zip(ids, places) where place < count { table.add(place, of: id) }
      return table
    }
    var names = CommitNames(count: found.count)
    base?.forEach { position, id, time in names.put(id, time, at: baseCommits.commits[position].place) }
    for (number, id) in ids.enumerated() { names.put(id, times[number], at: places[number]) }
    let others = peeled()
    return found.graph(names, index.value() ?? NodeTable(), others: others)
  }

  /// What tags lead to, through other tags.
  private func peeled() -> [ObjectID: CommitGraph.Object] {
    others.mapValues { object in
      guard case .tag(let target, let mayLeadToCommit) = object else { return .other }
      let (end, mayBeCommit) = end(of: target, mayBeCommit: mayLeadToCommit)
      let node = node(of: end)
      return node == nil && others[end] == nil && mayBeCommit ? .tagOfAbsent : .tag(peeled: node)
    }
  }
}

/// Each id once, in the order of first appearance.
private func unique(_ ids: [ObjectID]) -> [ObjectID] {
  var seen: Set<ObjectID> = []
  seen.reserveCapacity(ids.count)
  return ids.filter { seen.insert($0).inserted }
}
