#include "connectors/netsuite/settings.h"

#include <algorithm>
#include <cctype>

#include "connectors/http/encoding.h"

namespace trueup::connectors::netsuite {
namespace {

bool IsIdentifier(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
  return plain && !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0;
}

// Names go into the text of queries, so nothing but names may stand there.
void WantIdentifier(const std::string& name, const Place& place, Problems& problems) {
  if (IsIdentifier(name)) return;
  problems.Add(place, "\"" + name + "\" is no name of a table or column",
               "letters, digits and underscores");
}

void CheckAuth(const AuthSettings& auth, const YamlNode& node, Problems& problems) {
  const auto want = [&](bool given, const std::string& name, const std::string& flow) {
    if (!given) problems.Add(node.place, "\"" + name + "\" is required for flow " + flow);
  };
  if (auth.flow == Flow::kM2m) {
    want(!auth.client_id.empty(), "client_id", "m2m");
    want(!auth.certificate_id.empty(), "certificate_id", "m2m");
    want(node["private_key"].exists(), "private_key", "m2m");
    if (auth.private_key.empty()) return;  // said above, or where the secret was read
    const Status key = CheckKey(auth.algorithm, auth.private_key);
    if (!key.ok()) problems.Add(node["private_key"].place, key.error().message());
  } else {
    want(!auth.consumer_key.empty(), "consumer_key", "tba");
    want(node["consumer_secret"].exists(), "consumer_secret", "tba");
    want(!auth.token_id.empty(), "token_id", "tba");
    want(node["token_secret"].exists(), "token_secret", "tba");
  }
}

void CheckJoin(const JoinSettings& join, const YamlNode& node, Problems& problems) {
  WantIdentifier(join.table, node["table"].place, problems);
  WantIdentifier(join.column, node["column"].place, problems);
  WantIdentifier(join.equals, node["equals"].place, problems);
  for (const auto& [column, name] : join.columns) {
    WantIdentifier(column, node["columns"].place, problems);
    WantIdentifier(name, node["columns"].place, problems);
  }
}

void CheckObject(const ObjectSettings& object, const YamlNode& node, Problems& problems) {
  const auto optional_name = [&](const std::string& key, const std::string& name) {
    if (!name.empty()) WantIdentifier(name, node[key].place, problems);
  };
  optional_name("table", object.table);
  optional_name("id", object.id);
  optional_name("modified", object.modified.value_or(""));
  optional_name("created", object.created.value_or(""));
  const auto names = [&](const std::string& key, const std::vector<std::string>& list) {
    for (const std::string& name : list) WantIdentifier(name, node[key].place, problems);
  };
  names("columns", object.columns);
  names("dates", object.dates);
  names("instants", object.instants);
  names("display", object.display);
  for (const auto& [alias, join] : object.joins) {
    WantIdentifier(alias, node["joins"].place, problems);
    if (alias == "t") {
      problems.Add(node["joins"].place, "alias \"t\" is the object's own table");
    }
  }
}

void CheckBaseUrl(const NetsuiteSettings& settings, const YamlNode& node, Problems& problems) {
  if (settings.base_url.empty()) return;
  const auto url = ParseUrl(settings.base_url);
  if (!url.ok()) problems.Add(node["base_url"].place, url.error().message());
}

}  // namespace

std::string NetsuiteSettings::AccountInHost() const {
  std::string host = account;
  for (char& c : host) {
    c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return host;
}

std::string NetsuiteSettings::BaseUrl() const {
  if (!base_url.empty()) {
    return base_url.back() == '/' ? base_url.substr(0, base_url.size() - 1) : base_url;
  }
  return "https://" + AccountInHost() + ".suitetalk.api.netsuite.com";
}

const config::Table<AuthSettings>& AuthSettings::Settings() {
  using Self = AuthSettings;
  static const auto table =
      config::Table<Self>()
          .Add("flow", &Self::flow,
               "`m2m` (OAuth 2.0 with a certificate) or `tba` (token-based, which NetSuite ends "
               "in 2027).",
               {{"m2m", Flow::kM2m}, {"tba", Flow::kTba}})
          .Add("client_id", &Self::client_id, "m2m: consumer key of the integration record.")
          .Add("certificate_id", &Self::certificate_id,
               "m2m: id of the certificate on the page OAuth 2.0 Client Credentials Setup.")
          .Add("private_key", &Self::private_key, "m2m: the certificate's private key, PEM.")
          .Add("algorithm", &Self::algorithm, "m2m: what the key signs with.",
               {{"PS256", JwtAlgorithm::kPs256},
                {"PS384", JwtAlgorithm::kPs384},
                {"PS512", JwtAlgorithm::kPs512},
                {"ES256", JwtAlgorithm::kEs256},
                {"ES384", JwtAlgorithm::kEs384},
                {"ES512", JwtAlgorithm::kEs512}})
          .Add("consumer_key", &Self::consumer_key, "tba: consumer key.")
          .Add("consumer_secret", &Self::consumer_secret, "tba: consumer secret.")
          .Add("token_id", &Self::token_id, "tba: token id.")
          .Add("token_secret", &Self::token_secret, "tba: token secret.")
          .Check(CheckAuth);
  return table;
}

const config::Table<JoinSettings>& JoinSettings::Settings() {
  using Self = JoinSettings;
  static const auto table =
      config::Table<Self>()
          .Add("table", &Self::table, "The joined table.", config::Required())
          .Add("column", &Self::column, "Its column that is compared.", config::Required())
          .Add("equals", &Self::equals, "Column of the object's table that it equals.",
               config::Required())
          .Add("columns", &Self::columns, "Its columns that come along, and their names there.",
               config::Required())
          .Check(CheckJoin);
  return table;
}

const config::Table<ObjectSettings>& ObjectSettings::Settings() {
  using Self = ObjectSettings;
  static const auto table =
      config::Table<Self>()
          .Add("table", &Self::table, "Table in SuiteQL; the object's name if not set.")
          .Add("id", &Self::id, "Column with the numeric unique id; `id` if not set.")
          .Add("modified", &Self::modified,
               "Column with the time of the last change; \"\" reads the table whole on each pull.")
          .Add("created", &Self::created, "Column with the time of creation.")
          .Add("deleted_type", &Self::deleted_type,
               "The `type` of its rows in `deletedrecord`; \"\" leaves deletions to the audit.")
          .Add("columns", &Self::columns, "Columns that are taken as they are.")
          .Add("dates", &Self::dates, "Columns that hold days.")
          .Add("instants", &Self::instants, "Further columns that hold times.")
          .Add("display", &Self::display,
               "Columns whose display text comes along as `<column>_display`.")
          .Add("joins", &Self::joins, "Joined tables by alias, each with at most one row.")
          .Check(CheckObject);
  return table;
}

const config::Table<NetsuiteSettings>& NetsuiteSettings::Settings() {
  using Self = NetsuiteSettings;
  static const auto table =
      config::Table<Self>()
          .Add("account", &Self::account, "Account id, such as `1234567` or `1234567_SB1`.",
               config::Required())
          .Add("base_url", &Self::base_url,
               "Address of the account's SuiteTalk service (Setup > Company > Company URLs); "
               "derived from the account if not set.")
          .Add("auth", &Self::auth, "How to log in.", config::Required())
          .Add("objects", &Self::objects,
               "Which objects to pull, by name; the built-in ones if not set. A built-in name "
               "with nothing behind it takes the built-in definition.")
          .Add("lookback", &Self::lookback,
               "How far each pull reads again behind the newest change that it has seen; 2h if "
               "not set, 10m where the integration user's time zone sets no clocks back.")
          .Add("concurrency", &Self::concurrency,
               "Requests at a time, over all systems that read this account (the smallest "
               "number holds); the account's limit is shared with all its integrations.",
               config::Between(1, 5))
          .Add("page_size", &Self::page_size, "Rows per request.", config::Between(1, 1000))
          .Add("http", &Self::http, "Time-outs and retries.")
          .Check(CheckBaseUrl);
  return table;
}

}  // namespace trueup::connectors::netsuite
