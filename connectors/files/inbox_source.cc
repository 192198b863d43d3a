#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "base/json.h"
#include "connectors/files/inbox.h"
#include "connectors/files/object_source.h"

namespace trueup::connectors::files {
namespace {

// How far the files of an inbox have been given, in the order in which they are taken.
struct InboxCursor {
  std::string identity;  // of the file that was given last; empty: none yet
  TextPosition text;
  bool end = false;  // it was given to its end

  std::string ToJson() const {
    JsonWriter json;
    json.BeginObject().Member("inbox", identity);
    json.Member("offset", static_cast<int64_t>(text.offset)).Member("line", text.line);
    json.Key("end").Bool(end).EndObject();
    return json.Take();
  }

  // Nothing where the text is no cursor of ours.
  static std::optional<InboxCursor> FromJson(const std::string& json) {
    const auto parsed = JsonDocument::Parse(json);
    if (!parsed.ok()) return std::nullopt;
    const JsonValue root = parsed->root();
    const auto offset = root["offset"].integer();
    const auto line = root["line"].integer();
    const bool sane = root["inbox"].is_string() && offset && line && *offset >= 0 && *line >= 1;
    if (!sane) return std::nullopt;
    InboxCursor cursor;
    cursor.identity = root["inbox"].text();
    cursor.text = {static_cast<uint64_t>(*offset), static_cast<int>(*line)};
    cursor.end = root["end"].boolean();
    return cursor;
  }
};

// A file in the order in which all are taken: those that were, then those that wait.
struct Turn {
  std::string path;
  std::string identity;
  std::optional<WaitingFile> waiting;
};

Page Gap(std::string reason) {
  Page page;
  page.gap = std::move(reason);
  return page;
}

class InboxSource : public ObjectSource {
 public:
  InboxSource(SourceParts parts, InboxSettings inbox, std::shared_ptr<Clock> clock)
      : parts_(std::move(parts)),
        inbox_({parts_.system, parts_.object, parts_.path, parts_.settings.file, std::move(inbox),
                std::move(clock)}) {}

  Result<std::vector<FieldInfo>> Describe(std::stop_token stop) override;
  Result<Page> Pull(const std::string& cursor, std::stop_token stop) override;
  Result<IdPage> ListIds(const std::string& next, std::stop_token stop) override;
  Result<uint64_t> Count(std::stop_token stop) override;
  Result<std::vector<ChangeEvent>> Fetch(const std::vector<std::string>& ids,
                                         std::stop_token stop) override;

 private:
  Status Tidy(const InboxCursor& cursor);
  Result<std::vector<Turn>> Turns() const;
  Result<bool> Proved(const Turn& turn, std::string& reason, std::stop_token stop);
  Result<std::optional<Page>> ReadTurn(const Turn& turn, TextPosition from, std::stop_token stop);
  Result<FileSet> AllFiles(std::stop_token stop);
  Status IndexNewest(const FileSet& files, std::stop_token stop);

  const SourceParts parts_;
  Inbox inbox_;
  // Identity -> why the file cannot be taken; empty: it can. Only of files that are there.
  std::map<std::string, std::string> proved_;
  std::string indexed_;  // the identity of the files that `newest_` is about
  NewestRecords newest_;
};

// Moves what the cursor proves to be acknowledged.
Status InboxSource::Tidy(const InboxCursor& cursor) {
  TRUEUP_ASSIGN(auto waiting, inbox_.Waiting());
  TRUEUP_RETURN_IF_ERROR(inbox_.FinishMoves(waiting));
  if (!cursor.end) return {};
  TRUEUP_ASSIGN(const auto taken, inbox_.Taken());
  const auto given = [&](const auto& file) { return file.identity == cursor.identity; };
  if (std::any_of(taken.begin(), taken.end(), given)) return {};
  const auto file = std::find_if(waiting.begin(), waiting.end(), given);
  return file == waiting.end() ? Status() : inbox_.MoveToDone(*file);
}

// Reads the waiting files first: one that is moved meanwhile, by the daemon beside an audit, is
// then seen twice and not missed.
Result<std::vector<Turn>> InboxSource::Turns() const {
  TRUEUP_ASSIGN(auto waiting, inbox_.Waiting());
  TRUEUP_ASSIGN(const auto taken, inbox_.Taken());
  std::vector<Turn> turns;
  for (const TakenFile& file : taken) {
    Turn turn{inbox_.PathOf(file), file.identity, std::nullopt};
    std::erase_if(waiting, [&](const WaitingFile& candidate) {
      if (candidate.identity != file.identity) return false;
      turn.path = candidate.path;  // on the list, and its move is still to come
      return true;
    });
    turns.push_back(std::move(turn));
  }
  for (WaitingFile& file : waiting) turns.push_back({file.path, file.identity, file});
  return turns;
}

// Whether a file can be delivered from end to end. A file that was taken could be once: if it is
// broken or gone now, that is an error and no reason to go on without it.
Result<bool> InboxSource::Proved(const Turn& turn, std::string& reason, std::stop_token stop) {
  const auto known = proved_.find(turn.identity);
  if (known == proved_.end()) {
    if (!turn.waiting && !std::filesystem::exists(turn.path)) {
      return Error(ErrorKind::kInvalid,
                   turn.path +
                       " was taken and is no longer there; put it back, or take its line "
                       "out of " +
                       inbox_.ListPath());
    }
    const auto checked = CheckRecords({{turn.path}, turn.identity}, parts_.settings, stop);
    if (!checked.ok()) {
      if (!std::filesystem::exists(turn.path)) {
        return Error(ErrorKind::kTransient, turn.path + " was moved while it was read");
      }
      if (!turn.waiting || checked.error().kind() != ErrorKind::kInvalid) return checked.error();
      reason = checked.error().message();
    }
    proved_[turn.identity] = reason;
    return reason.empty();
  }
  reason = known->second;
  return reason.empty();
}

// The next page of one file; nothing where the file cannot be taken and was moved out of the way.
Result<std::optional<Page>> InboxSource::ReadTurn(const Turn& turn, TextPosition from,
                                                  std::stop_token stop) {
  std::string reason;
  TRUEUP_ASSIGN(const bool whole, Proved(turn, reason, stop));
  if (!whole) {
    proved_.erase(turn.identity);
    TRUEUP_RETURN_IF_ERROR(inbox_.Reject(*turn.waiting, reason));
    return std::optional<Page>();
  }
  TRUEUP_ASSIGN(const std::string before, VersionOf(turn.path));
  FilesPosition position{0, from};
  Page page;
  TRUEUP_RETURN_IF_ERROR(ReadEvents(parts_, {{turn.path}, turn.identity}, position, page, stop));
  TRUEUP_ASSIGN(const std::string after, VersionOf(turn.path));
  const bool same =
      before == after &&
      (!turn.waiting || HashBytes(turn.waiting->name + '\0' + after).ToHex() == turn.identity);
  if (!same) return Error(ErrorKind::kTransient, turn.path + " changed while it was read");
  // Never done here: the caller comes back with this cursor at once, and that is the proof that the
  // file may be moved.
  InboxCursor next{turn.identity, position.text, position.file == 1};
  if (next.end) {
    next.text = {};
    proved_.erase(turn.identity);
  }
  page.next_cursor = next.ToJson();
  return std::optional<Page>(std::move(page));
}

Result<Page> InboxSource::Pull(const std::string& text, std::stop_token stop) {
  InboxCursor cursor;
  if (!text.empty()) {
    const auto parsed = InboxCursor::FromJson(text);
    if (!parsed) return Gap("the stored cursor cannot be read");
    cursor = *parsed;
  }
  TRUEUP_RETURN_IF_ERROR(Tidy(cursor));
  TRUEUP_ASSIGN(const auto turns, Turns());
  auto turn = turns.begin();
  TextPosition from;
  if (!cursor.identity.empty()) {
    turn = std::find_if(turns.begin(), turns.end(), [&](const Turn& candidate) {
      return candidate.identity == cursor.identity;
    });
    if (turn == turns.end()) {
      return Gap("the file that was given last was changed or taken away before it could be moved");
    }
    from = cursor.text;
    if (cursor.end) {
      ++turn;
      from = {};
    }
  }
  for (; turn != turns.end(); ++turn, from = {}) {
    TRUEUP_ASSIGN(auto page, ReadTurn(*turn, from, stop));
    if (page) return *std::move(page);
  }
  proved_.clear();
  Page page;
  page.done = true;
  page.next_cursor = cursor.ToJson();
  return page;
}

// Every file that can be read, in order of taking: those taken, and the whole ones that wait.
Result<FileSet> InboxSource::AllFiles(std::stop_token stop) {
  TRUEUP_ASSIGN(const auto turns, Turns());
  FileSet files;
  std::string identity;
  for (const Turn& turn : turns) {
    std::string reason;
    TRUEUP_ASSIGN(const bool whole, Proved(turn, reason, stop));
    if (!whole) continue;
    files.paths.push_back(turn.path);
    identity += turn.identity + '\n';
  }
  std::erase_if(proved_, [&](const auto& known) {
    return std::none_of(turns.begin(), turns.end(),
                        [&](const Turn& turn) { return turn.identity == known.first; });
  });
  files.identity = HashBytes(identity).ToHex();
  return files;
}

Status InboxSource::IndexNewest(const FileSet& files, std::stop_token stop) {
  if (indexed_ == files.identity) return {};
  TRUEUP_ASSIGN(newest_, NewestRecords::Read(files, parts_.settings, stop));
  indexed_ = files.identity;
  return {};
}

Result<std::vector<FieldInfo>> InboxSource::Describe(std::stop_token stop) {
  TRUEUP_ASSIGN(auto turns, Turns());
  // The newest file that tells; an old one that is gone is no reason not to pull new ones.
  for (; !turns.empty(); turns.pop_back()) {
    const Turn& turn = turns.back();
    auto fields = FirstFields({{turn.path}, turn.identity}, parts_.settings, stop);
    if (!fields.ok() && fields.error().kind() == ErrorKind::kCancelled) return fields;
    if (fields.ok() && !fields->empty()) return fields;
  }
  return std::vector<FieldInfo>();
}

Result<IdPage> InboxSource::ListIds(const std::string& next, std::stop_token stop) {
  TRUEUP_ASSIGN(const FileSet files, AllFiles(stop));
  TRUEUP_RETURN_IF_ERROR(IndexNewest(files, stop));
  FilesPosition position;
  if (!next.empty()) {
    const auto parsed = JsonDocument::Parse(next);
    const JsonValue root = parsed.ok() ? parsed->root() : JsonValue();
    if (root["files"].text() != files.identity) {
      return Error(ErrorKind::kTransient, "the files changed since the page before");
    }
    position.file = static_cast<size_t>(root["file"].integer().value_or(0));
    position.text = {static_cast<uint64_t>(root["offset"].integer().value_or(0)),
                     static_cast<int>(root["line"].integer().value_or(1))};
  }
  IdPage page;
  TRUEUP_RETURN_IF_ERROR(
      WalkRecords(files, parts_.settings, position, stop, [&](FileRecord& record) {
        if (newest_.Holds(record, position.file)) page.ids.push_back(std::move(record.id));
        return page.ids.size() < parts_.limits.records;
      }));
  if (position.file < files.paths.size()) {
    JsonWriter json;
    json.BeginObject().Member("files", files.identity);
    json.Member("file", static_cast<int64_t>(position.file));
    json.Member("offset", static_cast<int64_t>(position.text.offset));
    json.Member("line", position.text.line).EndObject();
    page.next = json.Take();
  }
  return page;
}

Result<uint64_t> InboxSource::Count(std::stop_token stop) {
  TRUEUP_ASSIGN(const FileSet files, AllFiles(stop));
  TRUEUP_RETURN_IF_ERROR(IndexNewest(files, stop));
  return newest_.size();
}

Result<std::vector<ChangeEvent>> InboxSource::Fetch(const std::vector<std::string>& ids,
                                                    std::stop_token stop) {
  TRUEUP_ASSIGN(const FileSet files, AllFiles(stop));
  TRUEUP_RETURN_IF_ERROR(IndexNewest(files, stop));
  const std::set<std::string> wanted_ids(ids.begin(), ids.end());
  std::vector<ChangeEvent> events;
  FilesPosition position;
  TRUEUP_RETURN_IF_ERROR(
      WalkRecords(files, parts_.settings, position, stop, [&](FileRecord& record) {
        const bool wanted = wanted_ids.contains(record.id);
        if (wanted && newest_.Holds(record, position.file)) {
          events.push_back(ToEvent(parts_, record));
        }
        return events.size() < ids.size();
      }));
  return events;
}

}  // namespace

std::unique_ptr<ObjectSource> MakeInboxSource(SourceParts parts, InboxSettings inbox,
                                              std::shared_ptr<Clock> clock) {
  return std::make_unique<InboxSource>(std::move(parts), std::move(inbox), std::move(clock));
}

}  // namespace trueup::connectors::files
