#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "connectors/http/spool_file.h"

namespace trueup::connectors {

// Header lines in the order they were given; names compare without regard to case.
class HttpHeaders {
 public:
  void Add(std::string name, std::string value);
  // Replaces every line of that name.
  void Set(std::string name, std::string value);
  // The first line of that name.
  std::optional<std::string_view> Find(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& lines() const { return lines_; }

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  HttpHeaders headers;
  std::string body;
  std::chrono::milliseconds timeout{0};  // for the whole exchange; 0: the client's own
  // Where the real client puts the body of a 200 instead of into memory, however large it is; what
  // the file holds before that is dropped.
  std::shared_ptr<SpoolFile> spool;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;  // whole and decompressed; empty where it went to the request's spool
};

// One exchange, without retries: those are the work of JsonApi (json_api.h). Safe from any thread.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Blocks. Every status is a response, redirects too: none is followed. kTransient: no whole
  // response came (no connection, time-out, cut body). kInvalid: the address is wrong or plain http
  // where it is not allowed, or the body is larger than the limit. kDenied: the server's
  // certificate is not trusted. kCancelled within 100 ms of a stop. Error texts name method and
  // host, never the query or a header, which may hold secrets.
  virtual Result<HttpResponse> Send(const HttpRequest& request, std::stop_token stop) = 0;
};

// "GET https://host/path" without the query: how errors name a request.
std::string NameOf(const HttpRequest& request);

// How the real client behaves.
struct HttpOptions {
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
  std::chrono::milliseconds timeout = std::chrono::minutes(2);
  // Less than 1 byte/s for this long ends the exchange.
  std::chrono::milliseconds stall_timeout = std::chrono::seconds(30);
  int64_t max_body = int64_t{256} << 20;
  std::string ca_file;            // trusted besides nothing else; empty: the system's store
  bool allow_plain_http = false;  // to other hosts than loopback
  std::string user_agent = "trueup";
};

// The client over libcurl: keep-alive connections, gzip, TLS always verified.
std::unique_ptr<HttpClient> MakeCurlClient(HttpOptions options);

}  // namespace trueup::connectors
