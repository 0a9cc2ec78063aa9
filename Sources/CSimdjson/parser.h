#ifndef PUSHTRAIL_PARSER_H
#define PUSHTRAIL_PARSER_H

#include <simdjson.h>

#include <deque>
#include <string>
#include <vector>

#include "interner.h"
#include "outline.h"
#include "pushtrail_json.h"

struct pt_parser {
  simdjson::dom::parser strict;
  simdjson::ondemand::parser lazy;
  /// Of the text that is scanned.
  pushtrail::outline shape;

  // The last scan's result.
  std::vector<pt_head> heads;
  std::vector<pt_span> spans;
  std::vector<pt_day> days;
  std::vector<pt_reference> references;
  std::vector<pt_session> sessions;
  /// Texts that were written with escapes.
  std::deque<std::string> unescaped;

  // What scans have met so far.
  pushtrail::interner identities, settings, nested, texts, origins;
  /// For the key of a setting.
  std::string scratch;
  uint64_t generation = 0;
};

#endif
