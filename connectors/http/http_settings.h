#pragma once

#include "config/settings.h"
#include "connectors/http/http_client.h"
#include "connectors/http/retry.h"

namespace trueup::connectors {

// The section `http:` that every connector over HTTP has.
struct HttpSettings {
  std::chrono::milliseconds connect_timeout = HttpOptions().connect_timeout;
  std::chrono::milliseconds timeout = HttpOptions().timeout;
  std::chrono::milliseconds stall_timeout = HttpOptions().stall_timeout;
  int attempts = RetryPolicy().max_attempts;
  std::chrono::milliseconds retry_limit = RetryPolicy().total;
  config::FilePath ca_file;
  bool allow_plain_http = false;

  HttpOptions ToOptions() const;
  RetryPolicy ToPolicy() const;
  static const config::Table<HttpSettings>& Settings();
};

}  // namespace trueup::connectors
