#ifndef PUSHTRAIL_JSON_H
#define PUSHTRAIL_JSON_H

// A C face for the parts of simdjson that reading CloudTrail needs. No exception crosses it: what cannot be done is a
// returned error text (static, never freed) or `false`.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes that must be readable after every text handed in.
#define PT_PADDING 64

/// Owns the parsers and their memory, which are reused from text to text. One thread at a time.
typedef struct pt_parser pt_parser;

/// NULL when there is no memory.
pt_parser *pt_parser_create(void);
void pt_parser_destroy(pt_parser *parser);

// MARK: - Any JSON value, strictly parsed

typedef enum {
  PT_NULL,
  PT_BOOL,
  PT_NUMBER,
  PT_TEXT,
  PT_ARRAY,
  PT_OBJECT,
} pt_kind;

/// A value of the text that was parsed last; it dies with the next `pt_parse` of the same parser.
typedef struct {
  uint64_t words[2];
} pt_value;

/// Where an iteration over an array stands.
typedef struct {
  uint64_t next[2];
  uint64_t end[2];
} pt_cursor;

/// UTF-8 that belongs to the parser; `bytes` is NULL where there is none.
typedef struct {
  const uint8_t *bytes;
  size_t length;
} pt_slice;

/// Parses one whole JSON text (RFC 8259). NULL on success, else what is wrong.
const char *pt_parse(pt_parser *parser, const uint8_t *bytes, size_t length, pt_value *root);

pt_kind pt_value_kind(pt_value value);
/// Of equal names the last counts, as in most readers.
bool pt_value_member(pt_value object, const char *name, size_t length, pt_value *member);
bool pt_value_is_empty(pt_value object_or_array);
pt_slice pt_value_text(pt_value text);
bool pt_value_bool(pt_value boolean);
pt_cursor pt_value_elements(pt_value array);
bool pt_cursor_next(pt_cursor *cursor, pt_value *element);

pt_cursor pt_value_members(pt_value object);
/// `name` belongs to the parser.
bool pt_cursor_next_member(pt_cursor *cursor, pt_slice *name, pt_value *member);
/// The value as JSON text, which lives until the next call.
pt_slice pt_value_json(pt_parser *parser, pt_value value);

// MARK: - A whole log file, scanned for its records

typedef enum {
  /// `{"Records": [...]}`
  PT_SHAPE_LOG_FILE,
  /// `[...]`
  PT_SHAPE_ARRAY,
  /// One record.
  PT_SHAPE_RECORD,
  PT_SHAPE_DIGEST,
  PT_SHAPE_OTHER,
} pt_shape;

typedef enum {
  /// Absent, or not text.
  PT_SOURCE_UNREADABLE,
  PT_SOURCE_OTHER,
  PT_SOURCE_CODECOMMIT,
} pt_source;

/// Texts seen before are told by a small number; this stands where there is none.
#define PT_NO_INDEX UINT32_MAX

/// One entry of a GitPush's references.
typedef struct {
  /// First of all, to be read as bytes.
  uint8_t commit[20];
  /// Among the texts.
  uint32_t ref;
} pt_reference;

/// A session of an assumed role: its name, with which `arn` ends behind a slash and `principalId` behind its first colon, its
/// key, both of ASCII and not empty, and the number that its identity has without them. In two sessions of one number nothing
/// else differs, but for the time at which each began.
typedef struct {
  uint32_t role;
  pt_slice name;
  pt_slice access_key;
} pt_session;

/// What the scan reads of a record that the caller must see: CodeCommit's, unreadable ones, those with unusual times.
typedef struct {
  size_t offset;
  size_t length;
  /// Among all records of the text, from 1.
  size_t number;
  bool is_object;
  pt_source source;
  /// 1, 0, or -1 where the record does not say.
  int read_only;
  pt_slice time;
  /// The time since 1970, of CodeCommit's records, where it is written `YYYY-MM-DDTHH:MM:SSZ`.
  bool has_seconds;
  int64_t seconds;
  pt_slice region;
  /// `recipientAccountId`, else `userIdentity.accountId`.
  pt_slice account;
  /// Whether the time went into a span; where not, the caller has to note it.
  bool is_in_span;

  /// Whether this is a GitPush or GitPull without an error in the plainest form, all of which the members below tell,
  /// if the caller knows what `identity` and `setting` stand for and that `nested` are sound.
  bool is_plain;
  bool is_push;
  /// A push with references, rather than an advertisement.
  bool has_references;
  pt_slice event_id;
  /// The two words of `event_id`, where it is a UUID in small letters.
  bool has_uuid;
  uint64_t uuid[2];
  /// Stands for all of these together: `is_push`, `read_only`, `setting`, `nested`, `agent`, `recipient`.
  uint32_t origin;
  /// Who `userIdentity` says it was, whenever their session began: PT_NO_INDEX where `session` tells it.
  uint32_t identity;
  /// Among the scan's sessions; PT_NO_INDEX where `identity` tells who it was.
  uint32_t session;
  /// Where `userIdentity` lies in the text.
  size_t identity_offset;
  size_t identity_length;
  /// All that tells the repository and how it was reached: `additionalEventData`, `resources`, region and account.
  uint32_t setting;
  uint32_t nested[2];
  pt_slice address;
  /// Among the scan's addresses, of which equal ones may have several; PT_NO_INDEX where there is none.
  uint32_t address_number;
  /// Among the texts; PT_NO_INDEX where absent.
  uint32_t agent;
  uint32_t recipient;
  uint32_t first_reference;
  uint32_t reference_count;
} pt_head;

/// Times of the records of one account and region; texts `YYYY-MM-DDTHH:MM:SSZ`.
typedef struct {
  pt_slice region;
  pt_slice account;
  char first[20];
  char last[20];
  bool has_read_only;
} pt_span;

/// `YYYY-MM-DD` on which a span has a record.
typedef struct {
  size_t span;
  char date[10];
} pt_day;

typedef struct {
  pt_shape shape;
  size_t records;
  const pt_head *heads;
  size_t count;
  const pt_span *spans;
  size_t span_count;
  const pt_day *days;
  size_t day_count;
  const pt_reference *references;
  const pt_session *sessions;
  size_t session_count;
  /// Of all sessions' names and keys together.
  size_t session_bytes;
  /// Whether, beside its `Records`, the object has a member of a name under which exports hold theirs.
  bool has_export;
  /// Where the first JSON text ended; `length` unless something follows it.
  size_t end;
} pt_scan_result;

typedef struct {
  /// Whether region and account are read of each record, to keep spans apart by them.
  bool wants_place;
  /// Times outside of these are no part of a span; texts as above.
  const char *earliest;
  const char *latest;
  /// Part of every setting: what the path tells.
  pt_slice place;
} pt_scan_options;

/// Scans a text without parsing what it does not need, hence without proving that all of it is sound. `false` where it
/// is broken in a way that matters. The padding must be zeros.
bool pt_scan(pt_parser *parser, const uint8_t *bytes, size_t length, const pt_scan_options *options,
             pt_scan_result *result);

/// Changes whenever the numbers of texts begin anew, which a scan does once they take too much memory.
uint64_t pt_generation(const pt_parser *parser);
/// The text of a number that a head gave as ref, agent or recipient.
pt_slice pt_text(const pt_parser *parser, uint32_t index);

// MARK: - Bytes

/// Where `needle` first occurs; NULL where it does not.
const uint8_t *pt_find(const uint8_t *bytes, size_t length, const uint8_t *needle, size_t needle_length);

#ifdef __cplusplus
}
#endif

#endif
