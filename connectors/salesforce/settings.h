#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "config/settings.h"
#include "connectors/http/http_settings.h"

namespace trueup::connectors::salesforce {

enum class Flow { kClientCredentials, kJwtBearer };

struct AuthSettings {
  Flow flow = Flow::kClientCredentials;
  std::string client_id;
  config::Secret client_secret;
  std::string username;
  config::Secret private_key;
  std::string audience = "https://login.salesforce.com";
  static const config::Table<AuthSettings>& Settings();
};

struct ObjectSettings {
  std::vector<std::string> fields = {"all"};
  std::vector<std::string> exclude;
  bool optional = false;
  static const config::Table<ObjectSettings>& Settings();
};

struct BudgetSettings {
  config::Percent own{25};
  config::Percent total{80};
  static const config::Table<BudgetSettings>& Settings();
};

struct BulkSettings {
  int64_t from_rows = 20'000;  // 0: never
  int page_rows = 50'000;
  std::chrono::milliseconds poll = std::chrono::milliseconds(200);
  std::chrono::milliseconds longest_poll = std::chrono::seconds(15);
  std::chrono::milliseconds job_limit = std::chrono::hours(24);
  static const config::Table<BulkSettings>& Settings();
};

struct SalesforceSettings {
  std::string instance_url;
  std::string login_url;
  std::string api_version = "62.0";
  AuthSettings auth;
  std::map<std::string, ObjectSettings> objects = DefaultObjects();
  std::chrono::milliseconds lookback = std::chrono::minutes(10);
  std::chrono::milliseconds upper_bound_delay = std::chrono::minutes(1);
  std::chrono::milliseconds deletions_every = std::chrono::minutes(15);
  std::chrono::milliseconds describe_every = std::chrono::hours(1);
  int page_size = 2'000;
  BulkSettings bulk;
  BudgetSettings api_budget;
  HttpSettings http;

  // The objects of docs/reference/systems.md, every field. Histories and approvals are optional.
  static std::map<std::string, ObjectSettings> DefaultObjects();
  static const config::Table<SalesforceSettings>& Settings();
};

}  // namespace trueup::connectors::salesforce
