#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "connectors/http/http_client.h"

namespace trueup::connectors {

// A client for tests that answers from a function and remembers what was asked. Safe from any
// thread.
class ScriptedHttp : public HttpClient {
 public:
  using Handler = std::function<Result<HttpResponse>(const HttpRequest&)>;

  explicit ScriptedHttp(Handler handler) : handler_(std::move(handler)) {}
  // Gives these one after the other; asked once more, it answers with status 599.
  explicit ScriptedHttp(std::vector<HttpResponse> responses);

  Result<HttpResponse> Send(const HttpRequest& request, std::stop_token stop) override;

  std::vector<HttpRequest> requests() const;

 private:
  mutable std::mutex mutex_;
  Handler handler_;
  std::vector<HttpRequest> requests_;
};

// A response with a body; "Content-Type: application/json".
HttpResponse JsonResponse(int status, std::string body);
// The web page that a proxy or a maintenance server sends instead.
HttpResponse HtmlResponse(int status);

// What may go wrong on the way.
enum class Fault {
  kUnauthorized,  // 401 with an empty body
  kTooMany,       // 429 with Retry-After: 1
  kServerError,   // 503 with a web page
  kHtml,          // 200 with a web page
  kCut,           // the connection ends in mid-body
  kHang,          // nothing comes until the caller stops
};

// Passes requests on, unless a fault is ordered for them.
class FaultyHttp : public HttpClient {
 public:
  explicit FaultyHttp(std::shared_ptr<HttpClient> inner) : inner_(std::move(inner)) {}
  // The next `count` requests whose URL contains `part` meet the fault.
  void Order(Fault fault, int count, std::string part = {});
  Result<HttpResponse> Send(const HttpRequest& request, std::stop_token stop) override;
  // Takes every order back.
  void Clear();
  // Faults that are still waiting for a request.
  int pending() const;

 private:
  struct Ordered {
    Fault fault;
    int count;
    std::string part;
  };
  std::optional<Fault> Take(const HttpRequest& request);

  std::shared_ptr<HttpClient> inner_;
  mutable std::mutex mutex_;
  std::vector<Ordered> orders_;
};

}  // namespace trueup::connectors
