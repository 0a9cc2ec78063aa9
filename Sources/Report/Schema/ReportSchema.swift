/// The JSON Schema (draft 2020-12) of the JSON report.
///
/// It is `pushtrail-report.schema.json` beside this file, held in the program so that one installed binary has it; a test
/// compares the two.
public enum ReportSchema {
  public static let text = ##"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "urn:pushtrail:report:1",
      "title": "Pushtrail report",
      "description": "Who pushed which commits when to one AWS CodeCommit repository, and whether what they pushed is still there. Absent values are omitted; arrays are in ledger order; times are UTC.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "schemaVersion": { "const": 1 },
        "tool": {
          "type": "object",
          "additionalProperties": false,
          "properties": { "name": {"type": "string", "minLength": 1}, "version": {"type": "string", "minLength": 1} },
          "required": ["name", "version"]
        },
        "repository": { "$ref": "#/$defs/repository" },
        "trail": { "$ref": "#/$defs/trail" },
        "clones": { "type": "array", "items": {"$ref": "#/$defs/clone"} },
        "pushes": { "type": "array", "items": {"$ref": "#/$defs/push"} },
        "attempts": { "type": "array", "items": {"$ref": "#/$defs/attempt"} },
        "pulls": { "type": "array", "items": {"$ref": "#/$defs/pull"} },
        "refs": { "type": "array", "items": {"$ref": "#/$defs/ref"} },
        "limits": { "type": "array", "items": {"type": "string", "minLength": 1} },
        "epochs": { "type": "array", "minItems": 2, "items": {"$ref": "#/$defs/epoch"} },
        "findings": { "type": "array", "items": {"$ref": "#/$defs/finding"} },
        "summary": { "$ref": "#/$defs/summary" }
      },
      "required": [
        "schemaVersion",
        "tool",
        "repository",
        "trail",
        "clones",
        "pushes",
        "attempts",
        "pulls",
        "refs",
        "limits",
        "findings",
        "summary"
      ],
      "$defs": {
        "line": {
          "description": "A line of the report as NDJSON: an object with one key, which names what it is. First comes report, last summary.",
          "type": "object",
          "additionalProperties": false,
          "minProperties": 1,
          "maxProperties": 1,
          "properties": {
            "report": {
              "description": "What stands before the pushes in the report as one document.",
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "schemaVersion": { "const": 1 },
                "tool": { "$ref": "#/properties/tool" },
                "repository": { "$ref": "#/$defs/repository" },
                "trail": { "$ref": "#/$defs/trail" },
                "clones": { "$ref": "#/properties/clones" }
              },
              "required": ["schemaVersion", "tool", "repository", "trail", "clones"]
            },
            "push": { "$ref": "#/$defs/push" },
            "attempt": { "$ref": "#/$defs/attempt" },
            "pull": { "$ref": "#/$defs/pull" },
            "ref": { "$ref": "#/$defs/ref" },
            "limit": { "$ref": "#/properties/limits/items" },
            "epoch": { "$ref": "#/$defs/epoch" },
            "finding": { "$ref": "#/$defs/finding" },
            "summary": { "$ref": "#/$defs/summary" }
          }
        },
        "time": { "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$" },
        "objectId": { "type": "string", "pattern": "^[0-9a-f]{40}$" },
        "possibleTips": {
          "description": "All tips that are possible, where there is more than one; null: the ref did not exist.",
          "type": "array",
          "minItems": 1,
          "uniqueItems": true,
          "items": { "anyOf": [{"$ref": "#/$defs/objectId"}, {"type": "null"}] }
        },
        "eventId": { "type": "string", "minLength": 1 },
        "repository": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "name": { "type": "string", "minLength": 1 },
            "id": { "type": "string", "minLength": 1 },
            "accountId": { "type": "string" },
            "region": { "type": "string" },
            "partition": { "type": "string" }
          },
          "required": ["name", "accountId", "region", "partition"]
        },
        "coverage": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "start": { "$ref": "#/$defs/time" },
            "end": { "$ref": "#/$defs/time" },
            "basis": { "enum": ["digest", "stated", "assumed"] }
          },
          "required": ["start", "end", "basis"]
        },
        "unreadable": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "path": { "type": "string" },
            "record": { "type": "integer", "minimum": 1 },
            "offset": { "type": "integer", "minimum": 0 },
            "reason": { "type": "string", "minLength": 1 }
          },
          "required": ["path", "reason"]
        },
        "integrity": {
          "description": "What CloudTrail's digest files prove of the log files of the repository's account and region; what they disprove is among the findings.",
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "publicKeys": { "type": "boolean" },
            "chains": {
              "type": "array",
              "items": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                  "trail": { "type": "string" },
                  "backfill": { "type": "boolean" },
                  "digests": {
                    "type": "object",
                    "additionalProperties": false,
                    "properties": {
                      "authentic": { "type": "integer", "minimum": 0 },
                      "consistent": { "type": "integer", "minimum": 0 },
                      "unproven": { "type": "integer", "minimum": 0 },
                      "changed": { "type": "integer", "minimum": 0 }
                    },
                    "required": ["authentic", "consistent", "unproven", "changed"]
                  },
                  "logs": { "type": "integer", "minimum": 0 },
                  "intervals": {
                    "description": "Times of delivery, not of events.",
                    "type": "array",
                    "items": {
                      "type": "object",
                      "additionalProperties": false,
                      "properties": {
                        "start": { "$ref": "#/$defs/time" },
                        "end": { "$ref": "#/$defs/time" },
                        "proof": { "enum": ["unproven", "consistent", "authentic"] }
                      },
                      "required": ["start", "end", "proof"]
                    }
                  }
                },
                "required": ["trail", "backfill", "digests", "logs", "intervals"]
              }
            }
          },
          "required": ["publicKeys", "chains"]
        },
        "trail": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "files": { "type": "integer", "minimum": 0 },
            "bytes": { "type": "integer", "minimum": 0 },
            "records": { "type": "integer", "minimum": 0 },
            "codecommitRecords": { "type": "integer", "minimum": 0 },
            "duplicates": { "type": "integer", "minimum": 0 },
            "unreadable": { "type": "array", "items": {"$ref": "#/$defs/unreadable"} },
            "firstEventTime": { "$ref": "#/$defs/time" },
            "lastEventTime": { "$ref": "#/$defs/time" },
            "coverage": { "type": "array", "items": {"$ref": "#/$defs/coverage"} },
            "integrity": { "$ref": "#/$defs/integrity" }
          },
          "required": ["files", "bytes", "records", "codecommitRecords", "duplicates", "unreadable", "coverage"]
        },
        "clone": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "path": { "type": "string" },
            "bare": { "type": "boolean" },
            "complete": { "type": "boolean" },
            "incompleteReason": { "type": "string", "minLength": 1 },
            "remote": { "type": "string", "minLength": 1 },
            "lastFetch": {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "time": { "$ref": "#/$defs/time" },
                "by": { "enum": ["reflog", "fetch-head", "file-time", "content", "stated", "event"] }
              },
              "required": ["time", "by"]
            },
            "refs": { "type": "integer", "minimum": 0 }
          },
          "required": ["path", "bare", "complete", "refs"]
        },
        "principal": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "type": { "type": "string", "minLength": 1 },
            "name": { "type": "string" },
            "arn": { "type": "string" },
            "accountId": { "type": "string" },
            "accessKeyId": { "type": "string" },
            "role": { "type": "string" },
            "session": { "type": "string" },
            "sourceIdentity": { "type": "string" },
            "mfa": { "type": "boolean" }
          },
          "required": ["type", "name"]
        },
        "reason": {
          "enum": [
            "incomplete-history",
            "tip-absent",
            "before-unknown",
            "trail-gap",
            "trail-behind",
            "references-omitted",
            "order",
            "race",
            "possible-deletion",
            "not-fetched-yet",
            "time-unproven",
            "ref-not-fetched",
            "not-tracked"
          ]
        },
        "transition": { "enum": ["created", "fast-forward", "forced", "deleted", "unchanged", "unknown"] },
        "verdict": {
          "enum": ["intact", "kept-elsewhere", "merged", "deleted", "overwritten", "missing", "unverifiable"]
        },
        "rule": {
          "enum": [
            "commits-missing",
            "unlogged-update",
            "unlogged-push",
            "trail-tampered",
            "trail-file-absent",
            "trail-conflict",
            "force-push",
            "ref-deleted",
            "tag-moved",
            "denied-push",
            "root-push",
            "long-lived-key",
            "no-mfa",
            "principal-not-allowed",
            "author-not-pusher",
            "unattributed-commits",
            "unlogged-pull",
            "exposure",
            "evidence-incomplete",
            "references-omitted",
            "trail-gap",
            "trail-behind",
            "trail-unlisted"
          ]
        },
        "introduced": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "count": { "type": "integer", "minimum": 0 },
            "atOrBefore": { "type": "integer", "minimum": 0 },
            "commits": { "type": "array", "items": {"$ref": "#/$defs/objectId"} },
            "atOrBeforeCommits": { "type": "array", "items": {"$ref": "#/$defs/objectId"} }
          },
          "required": ["count", "atOrBefore", "commits"],
          "description": "count is of all; atOrBefore of those that are on the server no later than this push; commits lists the exact ones, atOrBeforeCommits the others."
        },
        "removed": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "count": { "type": "integer", "minimum": 0 },
            "upperBound": { "type": "boolean" },
            "incomplete": { "const": true },
            "commits": {
              "type": "array",
              "items": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                  "id": { "$ref": "#/$defs/objectId" },
                  "survival": { "enum": ["reachable", "unreachable", "absent"] },
                  "refs": { "type": "array", "items": {"type": "string", "minLength": 1} }
                },
                "required": ["id", "survival"]
              }
            }
          },
          "required": ["count", "upperBound", "commits"]
        },
        "update": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "ref": { "type": "string" },
            "before": {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "tip": { "$ref": "#/$defs/objectId" },
                "source": { "enum": ["event", "sighting", "ledger", "none", "unknown"] },
                "possible": { "$ref": "#/$defs/possibleTips" }
              },
              "required": ["source"]
            },
            "after": { "$ref": "#/$defs/objectId" },
            "transition": { "$ref": "#/$defs/transition" },
            "proof": { "enum": ["ledger", "graph", "absence", "event"] },
            "landed": { "enum": ["shown", "logged", "no"] },
            "reason": { "$ref": "#/$defs/reason" },
            "tip": {
              "enum": ["on-ref", "on-other-ref", "unreachable", "absent", "unknown", "not-a-commit", "none"]
            },
            "verdict": { "$ref": "#/$defs/verdict" },
            "verdictReason": { "$ref": "#/$defs/reason" },
            "droppedBy": {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "eventID": { "$ref": "#/$defs/eventId" },
                "certainty": { "enum": ["exact", "no-later-than"] }
              },
              "required": ["eventID", "certainty"]
            },
            "elsewhere": { "enum": ["none", "unknown"] },
            "mergedBy": { "$ref": "#/$defs/eventId" },
            "introduced": { "$ref": "#/$defs/introduced" },
            "removed": { "$ref": "#/$defs/removed" }
          },
          "required": ["ref", "before", "transition", "landed", "tip"],
          "allOf": [
            {
              "if": { "properties": {"transition": {"enum": ["unknown"]}}, "required": ["transition"] },
              "then": { "required": ["reason"] }
            },
            {
              "if": { "properties": {"transition": {"enum": ["deleted"]}}, "required": ["transition"] },
              "then": { "properties": {"after": false} }
            },
            {
              "if": { "properties": {"verdict": {"enum": ["unverifiable"]}}, "required": ["verdict"] },
              "then": { "required": ["verdictReason"] }
            },
            {
              "if": {
                "properties": {
                  "verdict": { "enum": ["intact", "kept-elsewhere", "merged", "deleted", "overwritten", "missing"] }
                },
                "required": ["verdict"]
              },
              "then": { "properties": {"verdictReason": false} }
            },
            {
              "if": { "properties": {"verdict": {"enum": ["deleted", "overwritten"]}}, "required": ["verdict"] },
              "then": { "required": ["droppedBy"] }
            },
            {
              "if": { "properties": {"landed": {"enum": ["no"]}}, "required": ["landed"] },
              "then": { "properties": {"verdict": false} }
            }
          ]
        },
        "push": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "eventID": { "$ref": "#/$defs/eventId" },
            "advertisementEventID": { "$ref": "#/$defs/eventId" },
            "action": { "type": "string", "minLength": 1 },
            "time": { "$ref": "#/$defs/time" },
            "principal": { "$ref": "#/$defs/principal" },
            "sourceIPAddress": { "type": "string" },
            "userAgent": { "type": "string" },
            "protocol": { "type": "string" },
            "madeFrom": {
              "description": "The clone whose reflog tells that it made the push, as clones[].path.",
              "type": "string",
              "minLength": 1
            },
            "omitted": {
              "description": "CloudTrail cut the list of references: updates is unknown, not empty.",
              "const": true
            },
            "updates": { "type": "array", "items": {"$ref": "#/$defs/update"} }
          },
          "required": ["eventID", "action", "time", "principal", "sourceIPAddress", "userAgent", "updates"]
        },
        "attempt": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "eventID": { "$ref": "#/$defs/eventId" },
            "action": { "type": "string", "minLength": 1 },
            "time": { "$ref": "#/$defs/time" },
            "principal": { "$ref": "#/$defs/principal" },
            "errorCode": { "type": "string" },
            "references": { "type": "array", "items": {"type": "string"} }
          },
          "required": ["eventID", "action", "time", "principal", "references"]
        },
        "pull": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "eventID": { "$ref": "#/$defs/eventId" },
            "time": { "$ref": "#/$defs/time" },
            "principal": { "$ref": "#/$defs/principal" },
            "sourceIPAddress": { "type": "string" },
            "userAgent": { "type": "string" },
            "dataTransferred": { "type": "boolean" },
            "shallow": { "type": "boolean" },
            "witness": {
              "description": "The clone whose fetch it surely was, when by that clone's clock, and what it showed of the server's refs.",
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "clone": { "type": "string", "minLength": 1 },
                "time": { "$ref": "#/$defs/time" },
                "tips": { "type": "array", "uniqueItems": true, "items": {"$ref": "#/$defs/objectId"} }
              },
              "required": ["clone", "time", "tips"]
            }
          },
          "required": ["eventID", "time", "principal", "sourceIPAddress", "userAgent", "dataTransferred"]
        },
        "ref": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "ref": { "type": "string" },
            "protected": { "type": "boolean" },
            "span": {
              "type": "object",
              "additionalProperties": false,
              "properties": { "start": {"$ref": "#/$defs/time"}, "end": {"$ref": "#/$defs/time"} },
              "required": ["start", "end"]
            },
            "ledgerTip": { "$ref": "#/$defs/objectId" },
            "possible": { "$ref": "#/$defs/possibleTips" },
            "seen": {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "tip": { "$ref": "#/$defs/objectId" },
                "earliest": { "$ref": "#/$defs/time" },
                "latest": { "$ref": "#/$defs/time" },
                "by": {
                  "enum": [
                    "fetch-head",
                    "clone-from",
                    "reflog-fetch",
                    "reflog-push",
                    "bare-clone",
                    "refs-seen",
                    "event"
                  ]
                }
              },
              "required": ["by"]
            },
            "state": {
              "enum": [
                "reconciled",
                "trail-behind",
                "clone-behind",
                "before-coverage",
                "ref-not-fetched",
                "not-tracked",
                "time-unproven",
                "trail-gap",
                "order",
                "race",
                "possible-deletion",
                "references-omitted",
                "unlogged-update"
              ]
            },
            "unattributed": {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "count": { "type": "integer", "minimum": 0 },
                "commits": { "type": "array", "items": {"$ref": "#/$defs/objectId"} }
              },
              "required": ["count", "commits"]
            }
          },
          "required": ["ref", "protected", "state", "unattributed"]
        },
        "epoch": {
          "type": "object",
          "additionalProperties": false,
          "properties": { "id": {"type": "string"}, "start": {"$ref": "#/$defs/time"}, "end": {"$ref": "#/$defs/time"} },
          "required": ["id", "start"]
        },
        "finding": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "rule": { "$ref": "#/$defs/rule" },
            "severity": { "enum": ["note", "warning", "error"] },
            "message": { "type": "string", "minLength": 1 },
            "ref": { "type": "string" },
            "eventID": { "$ref": "#/$defs/eventId" },
            "commits": { "type": "array", "items": {"$ref": "#/$defs/objectId"} },
            "evidence": { "type": "array", "items": {"type": "string"} },
            "settle": { "type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1} }
          },
          "required": ["rule", "severity", "message", "commits", "evidence"]
        },
        "summary": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "pushes": { "type": "integer", "minimum": 0 },
            "updates": { "type": "integer", "minimum": 0 },
            "byTransition": {
              "type": "object",
              "additionalProperties": { "type": "integer", "minimum": 1 },
              "propertyNames": { "$ref": "#/$defs/transition" }
            },
            "byVerdict": {
              "type": "object",
              "additionalProperties": { "type": "integer", "minimum": 1 },
              "propertyNames": { "$ref": "#/$defs/verdict" }
            },
            "byRule": {
              "type": "object",
              "additionalProperties": { "type": "integer", "minimum": 1 },
              "propertyNames": { "$ref": "#/$defs/rule" }
            },
            "result": { "enum": ["pass", "fail", "unverifiable"] }
          },
          "required": ["pushes", "updates", "byTransition", "byVerdict", "byRule", "result"]
        }
      }
    }
    """## + "\n"
}
