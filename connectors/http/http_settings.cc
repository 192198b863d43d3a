#include "connectors/http/http_settings.h"

namespace trueup::connectors {

HttpOptions HttpSettings::ToOptions() const {
  HttpOptions options;
  options.connect_timeout = connect_timeout;
  options.timeout = timeout;
  options.stall_timeout = stall_timeout;
  options.ca_file = ca_file.path;
  options.allow_plain_http = allow_plain_http;
  return options;
}

RetryPolicy HttpSettings::ToPolicy() const {
  RetryPolicy policy;
  policy.max_attempts = attempts;
  policy.total = retry_limit;
  return policy;
}

const config::Table<HttpSettings>& HttpSettings::Settings() {
  static const auto table =
      config::Table<HttpSettings>()
          .Add("connect_timeout", &HttpSettings::connect_timeout,
               "How long a connection may take to stand.", config::AtLeast(1))
          .Add("timeout", &HttpSettings::timeout, "How long one exchange may take.",
               config::AtLeast(1))
          .Add("stall_timeout", &HttpSettings::stall_timeout,
               "How long nothing may come while a reply is read.", config::AtLeast(1'000))
          .Add("attempts", &HttpSettings::attempts,
               "How often a request is sent before the pull gives up for now.",
               config::Between(1, 20))
          .Add("retry_limit", &HttpSettings::retry_limit,
               "No attempt starts later than this after the first one.", config::AtLeast(0))
          .Add("ca_file", &HttpSettings::ca_file,
               "Certificates (PEM) to trust instead of the system's.")
          .Add("allow_plain_http", &HttpSettings::allow_plain_http,
               "Allow `http://` to other machines. Credentials then travel in the clear.");
  return table;
}

}  // namespace trueup::connectors
