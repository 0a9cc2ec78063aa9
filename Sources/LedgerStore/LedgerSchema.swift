internal import GRDB

/// The tables of a ledger, and how an older ledger's become today's.
///
/// A migration that was released never changes: a new one follows it.
enum LedgerSchema {
  /// `PTLG`: marks a SQLite file as a ledger (`PRAGMA application_id`).
  static let applicationID: Int32 = 0x5054_4c47

  /// A ledger with this migration can be read as it is, though others follow.
  static let oldestReadable = "2: log files by name"

  /// From it on a ledger's rows are summed up.
  static let seals = "4: seals"

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1: files, records, moves, coverage, observations") { db in
      try db.execute(sql: files)
      try db.execute(sql: records)
      try db.execute(sql: coverage)
      try db.execute(sql: observations)
      try db.execute(sql: views)
      try db.execute(literal: "PRAGMA application_id = \(sql: String(applicationID))")
    }
    migrator.registerMigration(oldestReadable) { db in
      // CloudTrail gives every log file a name of its own.
      try db.execute(sql: "CREATE INDEX files_delivered ON files (base) WHERE state = 0 AND is_delivered")
    }
    // What it adds refers to nothing that was there.
    migrator.registerMigration("3: batches of events", foreignKeyChecks: .immediate) { db in
      try db.execute(sql: batches)
    }
    migrator.registerMigration(seals, foreignKeyChecks: .immediate) { db in
      try db.execute(sql: sealColumns)
      try SealedTexts.sealAll(db)
      try LedgerObservations.sealAll(db)
      try SealedTable.sealAll(db)
    }
    return migrator
  }

  /// Folders end in a slash; `path` is absolute, `name` as the user named it. A path that is no UTF-8 is a blob.
  /// Content of standard input has a folder of its own, `-` and its SHA-256.
  private static let files = """
    CREATE TABLE folders (
      id INTEGER PRIMARY KEY,
      path NOT NULL UNIQUE,
      name NOT NULL
    );

    CREATE TABLE files (
      id INTEGER PRIMARY KEY,
      folder INTEGER NOT NULL REFERENCES folders,
      base NOT NULL,
      -- 0: as it was last seen. 1: an earlier content, all of whose records its successors hold: not read.
      -- 2: an earlier content with records that its successors lack: still read.
      state INTEGER NOT NULL,
      -- Bytes on disk; modification and change time in nanoseconds. NULL where the file could not be opened.
      size INTEGER,
      modified INTEGER,
      changed INTEGER,
      sha256 BLOB,
      imported INTEGER NOT NULL,
      -- Of the reader that read it.
      revision INTEGER NOT NULL,
      -- Whether all of it could be read.
      is_whole INTEGER NOT NULL,
      -- Whether it is a log file as CloudTrail delivers them, by name and shape.
      is_delivered INTEGER NOT NULL,
      records INTEGER NOT NULL,
      codecommit_records INTEGER NOT NULL,
      -- Where the texts of the records begin that were first met in this file, and for each its number in the file and
      -- the length of its text (RecordLayout).
      chunk INTEGER REFERENCES chunks DEFERRABLE INITIALLY DEFERRED,
      chunk_offset INTEGER,
      layout BLOB
    );
    CREATE UNIQUE INDEX files_current ON files (folder, base) WHERE state = 0;
    CREATE INDEX files_earlier ON files (folder, base) WHERE state <> 0;
    CREATE INDEX files_sha256 ON files (sha256);
    CREATE INDEX files_with_records ON files (state) WHERE codecommit_records > 0;

    -- Of a file, or of a folder or entry that could not be read at all (its absolute path in `place`).
    CREATE TABLE unreadable (
      id INTEGER PRIMARY KEY,
      file INTEGER REFERENCES files,
      place,
      path TEXT NOT NULL,
      record INTEGER,
      byte INTEGER,
      reason TEXT NOT NULL,
      start INTEGER,
      end INTEGER,
      account TEXT,
      region TEXT
    );
    CREATE INDEX unreadable_file ON unreadable (file);

    -- Log files of CloudTrail's, which never change, whose records are not those that were kept.
    CREATE TABLE changes (
      file INTEGER PRIMARY KEY REFERENCES files,
      found INTEGER NOT NULL,
      lost INTEGER NOT NULL,
      added INTEGER NOT NULL
    );
    """

  private static let records = """
    -- Records' texts, each with a line feed after it, compressed together (zstd).
    CREATE TABLE chunks (
      id INTEGER PRIMARY KEY,
      size INTEGER NOT NULL,
      zstd BLOB NOT NULL
    );

    CREATE TABLE repositories (
      id INTEGER PRIMARY KEY,
      account TEXT NOT NULL,
      region TEXT NOT NULL,
      name TEXT NOT NULL,
      repository_id TEXT NOT NULL,
      UNIQUE (account, region, name, repository_id)
    );

    -- Every CodeCommit record once: a text that several files hold belongs to the first.
    CREATE TABLE records (
      id INTEGER PRIMARY KEY,
      file INTEGER NOT NULL REFERENCES files,
      number INTEGER NOT NULL,
      -- Of the text.
      sha256 BLOB NOT NULL UNIQUE,
      -- NULL, as is the rest, where the record is damaged.
      event_id TEXT,
      time INTEGER,
      action TEXT,
      error_code TEXT,
      principal TEXT,
      repository INTEGER REFERENCES repositories
    );
    CREATE INDEX records_file ON records (file);
    CREATE INDEX records_event ON records (event_id);

    CREATE TABLE refs (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    );

    -- The refs that a record says moved, and the tip that it names: a deletion's old one, or NULL.
    CREATE TABLE moves (
      record INTEGER NOT NULL REFERENCES records,
      ref INTEGER NOT NULL REFERENCES refs,
      tip BLOB
    );
    CREATE INDEX moves_tip ON moves (tip) WHERE tip IS NOT NULL;
    CREATE INDEX moves_ref ON moves (ref);

    -- Where else a record's text stands.
    CREATE TABLE copies (
      file INTEGER NOT NULL REFERENCES files,
      number INTEGER NOT NULL,
      record INTEGER NOT NULL REFERENCES records,
      PRIMARY KEY (file, number)
    ) WITHOUT ROWID;
    """

  private static let coverage = """
    -- What CloudTrail's own log files cover, whatever the service.
    CREATE TABLE coverage (
      account TEXT NOT NULL,
      region TEXT NOT NULL,
      first INTEGER,
      last INTEGER,
      has_read_only INTEGER NOT NULL,
      PRIMARY KEY (account, region)
    ) WITHOUT ROWID;
    CREATE TABLE coverage_days (
      account TEXT NOT NULL,
      region TEXT NOT NULL,
      -- Since 1970-01-01.
      day INTEGER NOT NULL,
      PRIMARY KEY (account, region, day)
    ) WITHOUT ROWID;

    CREATE TABLE properties (
      name TEXT PRIMARY KEY,
      value NOT NULL
    ) WITHOUT ROWID;
    """

  private static let observations = """
    -- What a clone or a file said of the server's refs, all of one moment; kept once, however often it says it.
    CREATE TABLE observations (
      id INTEGER PRIMARY KEY,
      -- Of everything below but `observed`, and `latest` where nothing but the run dates it.
      digest BLOB NOT NULL UNIQUE,
      account TEXT NOT NULL,
      region TEXT NOT NULL,
      name TEXT NOT NULL,
      repository_id TEXT NOT NULL,
      -- The run that saw it first.
      observed INTEGER NOT NULL,
      -- Empty for a file.
      clone TEXT NOT NULL,
      source TEXT NOT NULL,
      dating TEXT NOT NULL,
      earliest INTEGER,
      latest INTEGER NOT NULL,
      evidence TEXT NOT NULL,
      -- NULL where refs that it does not name may have been there all the same.
      shows_branches INTEGER,
      shows_tags INTEGER,
      is_proven INTEGER
    );
    CREATE INDEX observations_repository ON observations (region, name);

    CREATE TABLE observed_refs (
      observation INTEGER NOT NULL REFERENCES observations,
      ref TEXT NOT NULL,
      -- NULL where it is only named.
      tip TEXT,
      peeled TEXT
    );
    CREATE INDEX observed_refs_observation ON observed_refs (observation);
    """

  private static let batches = """
    -- What was read in the records of several files (PackedEvents), to be had again faster than from their texts, which
    -- stay what counts: without a batch, or where another version made it, they are read.
    CREATE TABLE batches (
      id INTEGER PRIMARY KEY,
      -- Of the reader, and of the packed form.
      revision INTEGER NOT NULL,
      form INTEGER NOT NULL,
      size INTEGER NOT NULL,
      zstd BLOB NOT NULL
    );
    -- Where its events are: a row of `batches`, and which of the files there it is.
    ALTER TABLE files ADD COLUMN batch INTEGER;
    ALTER TABLE files ADD COLUMN batch_place INTEGER;
    CREATE INDEX files_unpacked ON files (id) WHERE batch IS NULL AND codecommit_records > 0 AND state <> 1;
    """

  /// Sums of rows that belong to one, to be had without reading those of all others (Seal).
  private static let sealColumns = """
    -- Of the texts of its records, own and shared.
    ALTER TABLE files ADD COLUMN texts BLOB;
    -- Of its rows in `observed_refs`.
    ALTER TABLE observations ADD COLUMN refs BLOB;
    """

  /// For people who look with sqlite3.
  private static let views = """
    CREATE VIEW source_files AS
      SELECT files.id, folders.path || files.base AS path, state, size, lower(hex(sha256)) AS sha256,
        datetime(imported, 'unixepoch') AS imported, records, codecommit_records
      FROM files JOIN folders ON folders.id = files.folder;

    CREATE VIEW events AS
      SELECT records.id, event_id, datetime(time, 'unixepoch') AS time, action, error_code, principal,
        repositories.name AS repository, repositories.repository_id, repositories.account, repositories.region,
        folders.path || files.base AS path, number
      FROM records JOIN files ON files.id = records.file JOIN folders ON folders.id = files.folder
        LEFT JOIN repositories ON repositories.id = records.repository;

    CREATE VIEW sightings AS
      SELECT observations.name AS repository, ref, tip, datetime(earliest, 'unixepoch') AS earliest,
        datetime(latest, 'unixepoch') AS latest, datetime(observed, 'unixepoch') AS observed, evidence
      FROM observed_refs JOIN observations ON observations.id = observation;
    """
}
