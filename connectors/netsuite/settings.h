#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.h"
#include "connectors/http/http_settings.h"
#include "connectors/http/oauth.h"

namespace trueup::connectors::netsuite {

enum class Flow { kM2m, kTba };

struct AuthSettings {
  Flow flow = Flow::kM2m;
  // m2m: OAuth 2.0 client credentials with a certificate.
  std::string client_id;
  std::string certificate_id;
  config::Secret private_key;
  JwtAlgorithm algorithm = JwtAlgorithm::kPs256;
  // tba: token-based authentication, OAuth 1.0a.
  std::string consumer_key;
  config::Secret consumer_secret;
  std::string token_id;
  config::Secret token_secret;

  static const config::Table<AuthSettings>& Settings();
};

// A table whose columns come along with each row, found by one of its columns.
struct JoinSettings {
  std::string table;
  std::string column;                          // of that table
  std::string equals;                          // column of the object's own table
  std::map<std::string, std::string> columns;  // of that table -> their names in the row

  static const config::Table<JoinSettings>& Settings();
};

// One object. What is not set is taken from the built-in object of that name, where there is one.
struct ObjectSettings {
  std::string table;                    // empty: the object's name
  std::string id;                       // empty: "id"
  std::optional<std::string> modified;  // an empty name: the table has none and is read whole
  std::optional<std::string> created;
  std::optional<std::string>
      deleted_type;                   // its name in deletedrecord; empty: deletions are not listed
  std::vector<std::string> columns;   // taken as they are
  std::vector<std::string> dates;     // selected as YYYY-MM-DD
  std::vector<std::string> instants;  // besides `modified` and `created`
  std::vector<std::string> display;   // ids whose display text comes along as <column>_display
  std::map<std::string, JoinSettings> joins;  // by alias

  static const config::Table<ObjectSettings>& Settings();
};

struct NetsuiteSettings {
  std::string account;
  std::string base_url;  // empty: derived from the account
  AuthSettings auth;
  std::map<std::string, ObjectSettings> objects;
  std::optional<std::chrono::milliseconds> lookback;
  int concurrency = 2;
  int page_size = 1000;
  HttpSettings http;

  // The account as its host names it: "1234567_SB1" is "1234567-sb1".
  std::string AccountInHost() const;
  // The address of the account, without a slash at its end.
  std::string BaseUrl() const;
  static const config::Table<NetsuiteSettings>& Settings();
};

// The objects that are pulled where the config names none.
const std::map<std::string, ObjectSettings>& DefaultObjects();

// Fills what an object leaves open: from the built-in object of that name, then from the plain
// defaults.
ObjectSettings CompleteObject(const std::string& name, ObjectSettings object);

}  // namespace trueup::connectors::netsuite
