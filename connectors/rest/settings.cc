#include "connectors/rest/settings.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "connectors/http/encoding.h"

namespace trueup::connectors::rest {
namespace {

// RFC 6901: "" or "/a/b", with "~" only as "~0" and "~1".
bool IsPointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (size_t at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
    if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return false;
  }
  return true;
}

// Looks at the settings of one section and reports with the place of the key.
class Checker {
 public:
  Checker(const YamlNode& node, Problems& problems) : node_(node), problems_(problems) {}

  void Pointer(const std::string& key, const std::string& pointer) {
    if (IsPointer(pointer)) return;
    Report(key, "\"" + key + "\" is no JSON pointer", "\"/a/b\" names member b of member a");
  }
  void Path(const std::string& key, const std::string& path) {
    if (path.empty() || path.front() == '/') return;
    Report(key, "\"" + key + "\" must begin with \"/\"", "it goes behind base_url");
  }
  void Absent(const std::string& key, const std::string& why) {
    if (node_[key].exists()) Report(key, "\"" + key + "\" " + why, "");
  }
  void Given(bool given, const std::string& key, const std::string& why) {
    if (!given) Report(key, "\"" + key + "\" is required " + why, "");
  }

 private:
  void Report(const std::string& key, std::string message, std::string hint) {
    const YamlNode& value = node_[key];
    problems_.Add(value.exists() ? value.place : node_.place, std::move(message), std::move(hint));
  }

  const YamlNode& node_;
  Problems& problems_;
};

void CheckAuth(const AuthSettings& auth, const YamlNode& node, Problems& problems) {
  Checker check(node, problems);
  switch (auth.kind) {
    case AuthKind::kNone: break;
    case AuthKind::kBearer: check.Given(node["token"].exists(), "token", "for bearer"); break;
    case AuthKind::kBasic:
      check.Given(!auth.user.empty(), "user", "for basic");
      check.Given(node["password"].exists(), "password", "for basic");
      break;
    case AuthKind::kHeader:
      check.Given(!auth.header.empty(), "header", "for header");
      check.Given(node["value"].exists(), "value", "for header");
      break;
    case AuthKind::kClientCredentials:
      check.Given(ParseUrl(auth.token_url).ok(), "token_url", "for client_credentials, as a URL");
      check.Given(!auth.client_id.empty(), "client_id", "for client_credentials");
      check.Given(node["client_secret"].exists(), "client_secret", "for client_credentials");
      break;
  }
}

void CheckPaging(const PagingSettings& paging, const YamlNode& node, Problems& problems) {
  Checker check(node, problems);
  const bool numbered = paging.kind == PagingKind::kPage || paging.kind == PagingKind::kOffset;
  if (numbered || paging.kind == PagingKind::kCursor) {
    check.Given(!paging.parameter.empty(), "parameter", "for this kind of paging");
  }
  if (paging.kind == PagingKind::kCursor || paging.kind == PagingKind::kNextUrl) {
    check.Given(!paging.pointer.empty(), "pointer", "for this kind of paging");
  }
  check.Pointer("pointer", paging.pointer);
}

void CheckObject(const ObjectSettings& object, const YamlNode& node, Problems& problems) {
  Checker check(node, problems);
  check.Path("path", object.path);
  check.Pointer("data", object.data);
  check.Pointer("id", object.id);
  check.Pointer("modified", object.modified);
  check.Pointer("created", object.created);
  check.Path("fetch", object.fetch);
  check.Pointer("fetch_data", object.fetch_data);
  const bool has_id = object.fetch.empty() || object.fetch.find("{id}") != std::string::npos;
  check.Given(has_id, "fetch", "to hold \"{id}\"");
  check.Given(object.updated_since.empty() || !object.modified.empty(), "modified",
              "where updated_since is set");
  if (!object.etag) return;
  const PagingKind paging = object.paging.kind;
  const bool numbered = paging == PagingKind::kPage || paging == PagingKind::kOffset;
  if (!object.updated_since.empty()) {
    check.Absent("etag", "is for lists that are read whole, and updated_since asks for a part");
  } else if (numbered) {
    check.Absent("etag", "cannot say that a list in numbered pages is unchanged: it is one page's");
  } else if (paging == PagingKind::kLinkHeader) {
    check.Absent("etag", "cannot say that there is no next page where a header tells of that one");
  }
}

void CheckDeletions(const DeletionsSettings& deletions, const YamlNode& node, Problems& problems) {
  Checker check(node, problems);
  if (deletions.by == DeletionsBy::kIds) {
    for (const char* key :
         {"path", "data", "object", "names", "id", "deleted_at", "since", "paging"}) {
      check.Absent(key, "belongs to a feed; where ids are listed is said by the object's \"ids\"");
    }
    return;
  }
  check.Absent("differences", "goes with \"by: ids\"");
  check.Given(!deletions.path.empty(), "path", "for a feed of deletions");
  check.Given(node["deleted_at"].exists(), "deleted_at", "for a feed of deletions");
  check.Path("path", deletions.path);
  check.Pointer("data", deletions.data);
  check.Pointer("object", deletions.object);
  check.Pointer("id", deletions.id);
  check.Pointer("deleted_at", deletions.deleted_at);
}

void CheckAll(const RestSettings& settings, const YamlNode& node, Problems& problems) {
  const auto url = ParseUrl(settings.base_url);
  if (!settings.base_url.empty() && !url.ok()) {
    problems.Add(node["base_url"].place, url.error().message());
  }
  for (const auto& [name, object] : settings.objects) {
    if (object.path.empty()) {
      problems.Add(node["objects"][name].place, "object \"" + name + "\" has no \"path\"",
                   "give it here or in \"defaults\"");
    }
  }
}

// `over` laid over `under`: maps are merged, anything else replaces.
YamlNode Merge(const YamlNode& under, const YamlNode& over) {
  if (!under.is_map()) return over;
  if (over.is_null() || !over.exists()) {
    YamlNode merged = under;
    if (over.exists()) merged.place = over.place;
    return merged;
  }
  if (!over.is_map()) return over;
  YamlNode merged = over;
  for (const YamlMember& member : under.members) {
    const auto same =
        std::find_if(merged.members.begin(), merged.members.end(),
                     [&](const YamlMember& known) { return known.key.text == member.key.text; });
    if (same == merged.members.end()) {
      merged.members.push_back(member);
    } else {
      same->value = Merge(member.value, same->value);
    }
  }
  return merged;
}

}  // namespace

const config::Table<AuthSettings>& AuthSettings::Settings() {
  using Self = AuthSettings;
  static const auto table =
      config::Table<Self>()
          .Add("kind", &Self::kind, "How requests are authorised.",
               {{"none", AuthKind::kNone},
                {"bearer", AuthKind::kBearer},
                {"basic", AuthKind::kBasic},
                {"header", AuthKind::kHeader},
                {"client_credentials", AuthKind::kClientCredentials}})
          .Add("token", &Self::token, "bearer: the token.")
          .Add("user", &Self::user, "basic: the user.")
          .Add("password", &Self::password, "basic: the password.")
          .Add("header", &Self::header, "header: its name, such as `X-Api-Key`.")
          .Add("value", &Self::value, "header: its value.")
          .Add("token_url", &Self::token_url, "client_credentials: where tokens are given out.")
          .Add("client_id", &Self::client_id, "client_credentials: the client.")
          .Add("client_secret", &Self::client_secret, "client_credentials: its secret.")
          .Add("scope", &Self::scope, "client_credentials: the scope asked for, if any.")
          .Check(CheckAuth);
  return table;
}

const config::Table<PagingSettings>& PagingSettings::Settings() {
  using Self = PagingSettings;
  static const auto table =
      config::Table<Self>()
          .Add("kind", &Self::kind,
               "How a list goes on: not at all, by an opaque cursor, by page number, by row "
               "offset, by the `Link` header, or by a URL in the reply.",
               {{"none", PagingKind::kNone},
                {"cursor", PagingKind::kCursor},
                {"page", PagingKind::kPage},
                {"offset", PagingKind::kOffset},
                {"link_header", PagingKind::kLinkHeader},
                {"next_url", PagingKind::kNextUrl}})
          .Add("parameter", &Self::parameter, "Query parameter that asks for the next page.")
          .Add("pointer", &Self::pointer,
               "JSON pointer to the next cursor or URL in the reply; null or empty: the end.")
          .Add("first", &Self::first, "Number of the first page.", config::Between(0, 1))
          .Check(CheckPaging);
  return table;
}

const config::Table<IdsSettings>& IdsSettings::Settings() {
  using Self = IdsSettings;
  static const auto table =
      config::Table<Self>()
          .Add("path", &Self::path, "Path of the list.", config::Required())
          .Add("id", &Self::id, "JSON pointer to the id in a row.")
          .Check([](const Self& ids, const YamlNode& node, Problems& problems) {
            Checker check(node, problems);
            check.Path("path", ids.path);
            check.Pointer("id", ids.id);
          });
  return table;
}

const config::Table<CountSettings>& CountSettings::Settings() {
  using Self = CountSettings;
  static const auto table =
      config::Table<Self>()
          .Add("path", &Self::path, "Path whose reply tells the number.", config::Required())
          .Add("pointer", &Self::pointer, "JSON pointer to the number.", config::Required())
          .Check([](const Self& count, const YamlNode& node, Problems& problems) {
            Checker check(node, problems);
            check.Path("path", count.path);
            check.Pointer("pointer", count.pointer);
          });
  return table;
}

const config::Table<ObjectSettings>& ObjectSettings::Settings() {
  using Self = ObjectSettings;
  static const auto table =
      config::Table<Self>()
          .Add("path", &Self::path, "Path of the list of records; `{object}` is the object's name.")
          .Add("parameters", &Self::parameters, "Query parameters that every request carries.")
          .Add("data", &Self::data, "JSON pointer to the rows in a reply.")
          .Add("id", &Self::id, "JSON pointer to the id in a row.")
          .Add("modified", &Self::modified,
               "JSON pointer to the time of the last change (ISO 8601; UTC where it has no zone).")
          .Add("created", &Self::created, "JSON pointer to the time of creation.")
          .Add("paging", &Self::paging, "How the list goes on.")
          .Add("page_size_parameter", &Self::page_size_parameter,
               "Query parameter for the rows per page, if there is one.")
          .Add("page_size", &Self::page_size, "Rows per page that are asked for.",
               config::Between(1, 10'000))
          .Add("updated_since", &Self::updated_since,
               "Query parameter that limits the list to rows changed at or after a time; without "
               "one, each pull reads the whole list.")
          .Add("etag", &Self::etag,
               "Asks with `If-None-Match` whether a list that is read whole and came in one page "
               "has changed, before it is sent again.")
          .Add("lookback", &Self::lookback,
               "How far each pull reads again behind the newest change that it has seen.")
          .Add("ids", &Self::ids, "A list of all ids; without one, the list itself is read.")
          .Add("count", &Self::count, "Where the number of records is told.")
          .Add("fetch", &Self::fetch, "Path of one record; `{id}` is its id.")
          .Add("fetch_data", &Self::fetch_data, "JSON pointer to the row in that reply.")
          .Check(CheckObject);
  return table;
}

const config::Table<DeletionsSettings>& DeletionsSettings::Settings() {
  using Self = DeletionsSettings;
  static const auto table =
      config::Table<Self>()
          .Add("by", &Self::by,
               "How deletions are seen: in a feed, or because an id is listed no more.",
               {{"feed", DeletionsBy::kFeed}, {"ids", DeletionsBy::kIds}})
          .Add("differences", &Self::differences,
               "ids: how many ids may come and go between two pulls and still be told apart.",
               config::Between(10, 10'000))
          .Add("path", &Self::path, "Path of the feed; `{object}` is the object's name.")
          .Add("data", &Self::data, "JSON pointer to the rows in a reply.")
          .Add("object", &Self::object,
               "JSON pointer to the object's name in a row; not set: all are of the object that "
               "is asked for.")
          .Add("names", &Self::names, "The feed's names of objects, where they differ from ours.")
          .Add("id", &Self::id, "JSON pointer to the id in a row.")
          .Add("deleted_at", &Self::deleted_at, "JSON pointer to the time of deletion.")
          .Add("since", &Self::since, "Query parameter that limits the feed to a time and later.")
          .Add("paging", &Self::paging, "How the feed goes on.")
          .Check(CheckDeletions);
  return table;
}

const config::Table<RateLimitSettings>& RateLimitSettings::Settings() {
  using Self = RateLimitSettings;
  static const auto table =
      config::Table<Self>()
          .Add("requests", &Self::requests, "How many requests.",
               {.required = true, .least = 1, .most = 1'000'000, .choices = {}})
          .Add("per", &Self::per, "In how long.", config::Between(1, 86'400'000));
  return table;
}

const config::Table<RestSettings>& RestSettings::Settings() {
  using Self = RestSettings;
  static const auto table =
      config::Table<Self>()
          .Add("base_url", &Self::base_url, "Address that all paths go behind.", config::Required())
          .Add("auth", &Self::auth, "How requests are authorised.", config::Required())
          .Add("http", &Self::http, "Time-outs and retries.")
          .Add("rate_limit", &Self::rate_limit,
               "How many requests this system takes, evenly spaced; besides, `429` and "
               "`Retry-After` "
               "are always obeyed.")
          .Add("defaults", &Self::defaults, "What objects take where they set nothing else.")
          .Add("objects", &Self::objects, "Which objects to pull, by name.", config::Required())
          .Add("deletions", &Self::deletions,
               "How deletions are seen; without it, the audit finds them.")
          .Check(CheckAll);
  return table;
}

RestSettings ReadSettings(const YamlNode& node, config::ParseContext& context) {
  YamlNode merged = node;
  for (auto& [key, value] : merged.members) {
    if (key.text != "objects") continue;
    for (auto& [name, object] : value.members) object = Merge(node["defaults"], object);
  }
  Problems found;
  config::ParseContext parse{found, context.secrets, context.base_folder};
  RestSettings settings;
  RestSettings::Settings().Parse(merged, settings, parse);
  // What is wrong in the defaults shows up in each object that takes them: say it once.
  std::set<std::string> said;
  for (const Problem& problem : found.list()) {
    if (!said.insert(problem.ToText()).second) continue;
    context.problems.Add(problem.place, problem.message, problem.hint);
  }
  return settings;
}

}  // namespace trueup::connectors::rest
