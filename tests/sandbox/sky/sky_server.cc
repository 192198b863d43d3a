#include "tests/sandbox/sky/sky_server.h"

#include <algorithm>
#include <charconv>
#include <shared_mutex>

namespace trueup::sandbox {
namespace {

constexpr std::string_view kRoot = "/api/v1/";

HttpReply ErrorReply(int status, std::string_view code, std::string_view message) {
  HttpReply reply;
  reply.status = status;
  reply.body = "{\"error\":{\"code\":";
  AppendJsonString(code, &reply.body);
  reply.body += ",\"message\":";
  AppendJsonString(message, &reply.body);
  reply.body += "}}";
  return reply;
}

std::string InstantText(Seconds at) { return DateTimeText(at, 'T', "Z"); }

// Cursors name the last row that was given: its stamp and its number. Base64 keeps clients from
// reading more into them.
struct Cursor {
  Seconds stamp = 0;
  uint64_t number = 0;
};
std::string WriteCursor(const Cursor& cursor) {
  std::string text = Base64(std::to_string(cursor.stamp) + "/" + std::to_string(cursor.number));
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  while (text.back() == '=') text.pop_back();
  return text;
}
std::optional<Cursor> ReadCursor(const std::string& text) {
  const auto plain = FromBase64Url(text);
  const size_t slash = plain ? plain->find('/') : std::string::npos;
  if (slash == std::string::npos) return std::nullopt;
  Cursor cursor;
  const char* begin = plain->data();
  const char* end = begin + plain->size();
  const auto stamp = std::from_chars(begin, begin + slash, cursor.stamp);
  const auto number = std::from_chars(begin + slash + 1, end, cursor.number);
  if (stamp.ptr != begin + slash || number.ptr != end) return std::nullopt;
  return cursor;
}

void AppendValue(const Row& row, const Field& field, std::string* out) {
  switch (field.source) {
    case FieldSource::kId: AppendJsonString(row.id, out); return;
    case FieldSource::kCreated: *out += '"' + InstantText(row.created) + '"'; return;
    case FieldSource::kModified:
    case FieldSource::kStamp: *out += '"' + InstantText(row.stamp) + '"'; return;
    case FieldSource::kDeleted: return;
    case FieldSource::kSlot: break;
  }
  const std::string& value = row.values[field.slot];
  if (value.empty()) {
    *out += "null";
  } else if (field.type == FieldType::kBool || field.type == FieldType::kNumber) {
    *out += value;
  } else if (field.type == FieldType::kInstant) {
    *out += '"' + InstantText(std::strtoll(value.c_str(), nullptr, 10)) + '"';
  } else {
    AppendJsonString(value, out);
  }
}

// Neighbouring fields "address.city", "address.country" become one object.
void AppendRow(const Table& table, const Row& row, std::string* out) {
  std::string_view open;
  out->push_back('{');
  for (const Field& field : table.spec().fields) {
    const size_t dot = field.name.find('.');
    const std::string_view group =
        dot == std::string_view::npos ? std::string_view() : field.name.substr(0, dot);
    if (group != open && !open.empty()) out->push_back('}');
    if (out->back() != '{') out->push_back(',');
    if (group != open && !group.empty()) out->append("\"").append(group).append("\":{");
    open = group;
    out->append("\"")
        .append(field.name.substr(dot == std::string_view::npos ? 0 : dot + 1))
        .append("\":");
    AppendValue(row, field, out);
  }
  out->append(open.empty() ? "}" : "}}");
}

void FinishPage(const std::optional<Cursor>& next, std::string* out) {
  *out += "],\"next_cursor\":";
  *out += next ? "\"" + WriteCursor(*next) + "\"" : "null";
}

}  // namespace

HttpReply SkyServer::Handle(const HttpRequest& request) {
  const std::string header = request.Header("authorization");
  if (!SameSecret(ReadBearer(header), credentials_.sky_token)) {
    return ErrorReply(401, "unauthorized", "unknown token");
  }
  if (refuse_once_.exchange(false))
    return ErrorReply(401, "unauthorized", "the session has expired");
  std::string_view path = request.path;
  if (request.method != "GET" || !path.starts_with(kRoot))
    return ErrorReply(404, "not_found", "no such resource");
  path.remove_prefix(kRoot.size());
  const std::shared_lock lock(world_.mutex());
  if (path == "deletions") return Deletions(request);
  const std::string_view name = path.substr(0, path.find('/'));
  const auto id = FindTable(System::kSky, name);
  if (!id) return ErrorReply(404, "not_found", "no such resource");
  const Table& table = world_.table(*id);
  if (path.size() <= name.size() + 1) return Rows(request, table);
  const std::string rest(path.substr(name.size() + 1));
  if (rest == "ids") return Ids(request, *id);
  const auto row = table.Find(rest);
  if (!row || table.row(*row).deleted) return ErrorReply(404, "not_found", "no such record");
  HttpReply reply;
  AppendRow(table, table.row(*row), &reply.body);
  return reply;
}

size_t SkyServer::PageSize(const HttpRequest& request) const {
  const std::string text = request.Param("limit");
  size_t size = 100;
  std::from_chars(text.data(), text.data() + text.size(), size);
  return std::clamp<size_t>(size, 1, std::min<size_t>(500, options_.page_cap));
}

HttpReply SkyServer::Rows(const HttpRequest& request, const Table& table) {
  Cursor after{-1, 0};  // nothing comes before the first row
  const std::string since = request.Param("updated_since");
  const std::string cursor = request.Param("cursor");
  if (!since.empty()) {
    const auto at = ParseTime(since);
    if (!at) return ErrorReply(400, "bad_request", "updated_since is no instant");
    after = {*at - 1, ~uint32_t{0}};  // updated_since itself counts
  }
  if (!cursor.empty()) {
    const auto read = ReadCursor(cursor);
    if (!read) return ErrorReply(400, "bad_cursor", "the cursor is none of ours");
    after = *read;
  }
  const auto& order = table.by_stamp();
  auto it = std::upper_bound(
      order.begin(), order.end(), after, [&](const Cursor& bound, uint32_t number) {
        const Seconds stamp = table.row(number).stamp;
        return bound.stamp != stamp ? bound.stamp < stamp : bound.number < number;
      });
  HttpReply reply;
  reply.body = "{\"data\":[";
  size_t left = PageSize(request);
  std::optional<Cursor> next;
  for (; it != order.end(); ++it) {
    const Row& row = table.row(*it);
    if (row.deleted) continue;
    if (left-- == 0) break;
    if (reply.body.back() != '[') reply.body += ',';
    AppendRow(table, row, &reply.body);
    next = Cursor{row.stamp, *it};
  }
  if (it == order.end()) next.reset();
  FinishPage(next, &reply.body);
  reply.body += '}';
  return reply;
}

HttpReply SkyServer::Ids(const HttpRequest& request, TableId id) {
  const Table& table = world_.table(id);
  Cursor after{0, 0};  // `number` is the first row that was not given yet
  const std::string cursor = request.Param("cursor");
  if (!cursor.empty()) {
    const auto read = ReadCursor(cursor);
    if (!read) return ErrorReply(400, "bad_cursor", "the cursor is none of ours");
    after = *read;
  }
  HttpReply reply;
  reply.body = "{\"data\":[";
  constexpr size_t kIdsPerPage = 5000;
  size_t given = 0;
  if (cursor.empty() && id == ghost_table_) {
    for (int i = 0; i < ghosts_; ++i) {
      reply.body += std::string(given++ > 0 ? "," : "") + "{\"id\":\"ghost-" + std::to_string(i) +
                    "\",\"created_at\":\"" + InstantText(kWorldStart) + "\"}";
    }
  }
  size_t number = after.number;
  for (; number < table.rows().size() && given < kIdsPerPage; ++number) {
    const Row& row = table.rows()[number];
    if (row.deleted) continue;
    reply.body += std::string(given++ > 0 ? "," : "") + "{\"id\":\"" + row.id +
                  "\",\"created_at\":\"" + InstantText(row.created) + "\"}";
  }
  const bool more = number < table.rows().size();
  FinishPage(more ? std::optional<Cursor>(Cursor{0, number}) : std::nullopt, &reply.body);
  reply.body += ",\"total\":" + std::to_string(table.live()) + "}";
  return reply;
}

HttpReply SkyServer::Deletions(const HttpRequest& request) {
  struct Entry {
    Seconds at;
    const Table* table;
    const Row* row;
  };
  const std::string since = request.Param("since");
  const auto from = since.empty() ? std::optional<Seconds>(0) : ParseTime(since);
  const std::string cursor = request.Param("cursor");
  const auto after = cursor.empty() ? std::optional<Cursor>(Cursor{0, 0}) : ReadCursor(cursor);
  if (!from) return ErrorReply(400, "bad_request", "since is no instant");
  if (!after) return ErrorReply(400, "bad_cursor", "the cursor is none of ours");
  std::vector<Entry> entries;
  for (size_t t = 0; t < kTables; ++t) {
    const Table& table = world_.table(static_cast<TableId>(t));
    if (table.spec().system != System::kSky) continue;
    for (const Row& row : table.rows()) {
      if (row.deleted_at == 0) continue;  // live, or vanished without a word
      if (row.deleted && row.deleted_at >= std::max(*from, after->stamp))
        entries.push_back({row.deleted_at, &table, &row});
    }
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.at < b.at; });
  HttpReply reply;
  reply.body = "{\"data\":[";
  const size_t size = PageSize(request);
  // The cursor's number counts the entries of its second that were given already.
  Cursor next = *after;
  size_t skip = after->number;
  size_t given = 0;
  bool more = false;
  for (const Entry& entry : entries) {
    if (entry.at == after->stamp && skip > 0) {
      --skip;
      continue;
    }
    if (given == size) {
      more = true;
      break;
    }
    next = entry.at == next.stamp ? Cursor{next.stamp, next.number + 1} : Cursor{entry.at, 1};
    if (given++ > 0) reply.body += ',';
    reply.body += "{\"object\":\"" + std::string(entry.table->spec().name) + "\",\"id\":\"" +
                  entry.row->id + "\",\"deleted_at\":\"" + InstantText(entry.at) + "\"}";
  }
  FinishPage(more ? std::optional<Cursor>(next) : std::nullopt, &reply.body);
  reply.body += '}';
  return reply;
}

}  // namespace trueup::sandbox
