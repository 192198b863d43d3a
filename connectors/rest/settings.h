#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "config/settings.h"
#include "connectors/http/http_settings.h"

namespace trueup::connectors::rest {

enum class AuthKind { kNone, kBearer, kBasic, kHeader, kClientCredentials };

struct AuthSettings {
  AuthKind kind = AuthKind::kBearer;
  config::Secret token;  // bearer
  std::string user;      // basic
  config::Secret password;
  std::string header;  // header: its name
  config::Secret value;
  std::string token_url;  // client_credentials
  std::string client_id;
  config::Secret client_secret;
  std::string scope;

  static const config::Table<AuthSettings>& Settings();
};

enum class PagingKind { kNone, kCursor, kPage, kOffset, kLinkHeader, kNextUrl };

struct PagingSettings {
  PagingKind kind = PagingKind::kNone;
  std::string parameter;  // of cursor, page and offset
  std::string pointer;    // of cursor and next_url: where the reply tells how to go on
  int first = 1;          // of page: the number of the first one

  static const config::Table<PagingSettings>& Settings();
};

// Where the ids of all live records are listed, in pages like the object's own.
struct IdsSettings {
  std::string path;
  std::string id = "/id";

  static const config::Table<IdsSettings>& Settings();
};

struct CountSettings {
  std::string path;
  std::string pointer;

  static const config::Table<CountSettings>& Settings();
};

// Paths may hold "{object}", the object's name; `fetch` also "{id}".
struct ObjectSettings {
  std::string path;
  std::map<std::string, std::string> parameters;
  std::string data = "/data";
  std::string id = "/id";
  std::string modified;
  std::string created;
  PagingSettings paging;
  std::string page_size_parameter;
  int page_size = 500;
  std::string updated_since;
  bool etag = false;
  std::chrono::milliseconds lookback = std::chrono::minutes(10);
  std::optional<IdsSettings> ids;
  std::optional<CountSettings> count;
  std::string fetch;
  std::string fetch_data;  // pointer to the row in the reply to `fetch`

  static const config::Table<ObjectSettings>& Settings();
};

enum class DeletionsBy { kFeed, kIds };

// How deletions are seen: by a feed, one for all objects or one per object where its path holds
// "{object}"; or by the ids that are listed no more (id_sketch.h).
struct DeletionsSettings {
  DeletionsBy by = DeletionsBy::kFeed;
  int differences = 200;  // of ids: how many may come and go between two pulls
  std::string path;
  std::string data = "/data";
  std::string object;                        // empty: every row is of the object that is asked for
  std::map<std::string, std::string> names;  // of the feed -> object names, where they differ
  std::string id = "/id";
  std::string deleted_at;
  std::string since;
  PagingSettings paging;

  static const config::Table<DeletionsSettings>& Settings();
};

// At most so many requests in so long, evenly spaced.
struct RateLimitSettings {
  int requests = 0;
  std::chrono::milliseconds per = std::chrono::seconds(1);

  std::chrono::microseconds interval() const { return std::chrono::microseconds(per) / requests; }
  static const config::Table<RateLimitSettings>& Settings();
};

struct RestSettings {
  std::string base_url;
  AuthSettings auth;
  HttpSettings http;
  std::optional<RateLimitSettings> rate_limit;
  ObjectSettings defaults;
  std::map<std::string, ObjectSettings> objects;
  std::optional<DeletionsSettings> deletions;

  static const config::Table<RestSettings>& Settings();
};

// Reads the settings of a system. What an object does not set is taken from `defaults`, section by
// section.
RestSettings ReadSettings(const YamlNode& node, config::ParseContext& context);

}  // namespace trueup::connectors::rest
