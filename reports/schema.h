#pragma once

namespace trueup::reports {

// Raised with every change of the tables: a file of another version is rebuilt from the topics.
inline constexpr int kSchemaVersion = 2;

// Instants are microseconds since 1970, null where there is none. `epoch` is the build of the
// pipeline's state that last stated the row: what an older build stated and the present one does
// not is swept when the present one has said everything.
inline constexpr const char* kSchema = R"sql(
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE positions (topic TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE accounts (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, stage TEXT NOT NULL, parent TEXT NOT NULL,
  document TEXT NOT NULL, epoch INTEGER NOT NULL);
CREATE INDEX accounts_by_stage ON accounts (stage, id);
CREATE INDEX accounts_by_parent ON accounts (parent) WHERE parent != '';

-- Every record that leads to an account, with the id that an account founded by it has or had.
CREATE TABLE members (
  ref TEXT PRIMARY KEY, own_account TEXT NOT NULL, account TEXT NOT NULL, system TEXT NOT NULL,
  ghost INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX members_by_account ON members (account);
CREATE INDEX members_by_own_account ON members (own_account);

CREATE TABLE findings (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, severity TEXT NOT NULL, owner TEXT NOT NULL,
  account TEXT NOT NULL, subject TEXT NOT NULL, refs TEXT NOT NULL, term TEXT NOT NULL,
  value TEXT NOT NULL, reason TEXT NOT NULL, active_from INTEGER, due INTEGER,
  first_seen INTEGER NOT NULL, closed_at INTEGER, reopened INTEGER NOT NULL DEFAULT 0);
CREATE INDEX findings_by_kind ON findings (kind, id) WHERE closed_at IS NULL;
CREATE INDEX findings_by_account ON findings (account) WHERE closed_at IS NULL;

-- Who states a finding: it is there while anybody does.
CREATE TABLE holdings (
  id TEXT NOT NULL, scope TEXT NOT NULL, document TEXT NOT NULL, epoch INTEGER NOT NULL,
  PRIMARY KEY (id, scope)) WITHOUT ROWID;

-- By the document's key: a row that moves between two members may be told of by both for a moment.
CREATE TABLE facts (
  key TEXT PRIMARY KEY, ref TEXT NOT NULL, entity TEXT NOT NULL, member TEXT NOT NULL,
  document TEXT NOT NULL, epoch INTEGER NOT NULL);
CREATE INDEX facts_by_ref ON facts (ref);
CREATE INDEX facts_by_member ON facts (member);

CREATE TABLE changes (
  account TEXT NOT NULL, term TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL,
  at INTEGER NOT NULL, version INTEGER NOT NULL);
CREATE INDEX changes_by_account ON changes (account, at);
-- What several writers may send is sent twice now and then.
CREATE UNIQUE INDEX changes_by_version ON changes (account, term, version) WHERE version != 0;

-- Of the documents of a log with several writers: the version that was applied.
CREATE TABLE versions (
  topic TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (topic, key)) WITHOUT ROWID;
)sql";

}  // namespace trueup::reports
