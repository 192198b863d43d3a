#include "connectors/http/scripted_http.h"

#include <algorithm>
#include <condition_variable>

namespace trueup::connectors {

ScriptedHttp::ScriptedHttp(std::vector<HttpResponse> responses)
    : handler_([responses = std::move(responses),
                next = size_t{0}](const HttpRequest&) mutable -> Result<HttpResponse> {
        if (next < responses.size()) return responses[next++];
        return JsonResponse(599, R"({"error":"the script has ended"})");
      }) {}

Result<HttpResponse> ScriptedHttp::Send(const HttpRequest& request, std::stop_token stop) {
  if (stop.stop_requested()) return Error(ErrorKind::kCancelled, NameOf(request) + ": stopped");
  const std::lock_guard lock(mutex_);
  requests_.push_back(request);
  return handler_(request);
}

std::vector<HttpRequest> ScriptedHttp::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

HttpResponse JsonResponse(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers.Add("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

HttpResponse HtmlResponse(int status) {
  HttpResponse response;
  response.status = status;
  response.headers.Add("Content-Type", "text/html");
  response.body = "<html><body>We are setting things up</body></html>";
  return response;
}

void FaultyHttp::Order(Fault fault, int count, std::string part) {
  const std::lock_guard lock(mutex_);
  orders_.push_back({fault, count, std::move(part)});
}

void FaultyHttp::Clear() {
  const std::lock_guard lock(mutex_);
  orders_.clear();
}

int FaultyHttp::pending() const {
  const std::lock_guard lock(mutex_);
  int count = 0;
  for (const Ordered& order : orders_) count += order.count;
  return count;
}

std::optional<Fault> FaultyHttp::Take(const HttpRequest& request) {
  const std::lock_guard lock(mutex_);
  const auto order = std::find_if(orders_.begin(), orders_.end(), [&](const Ordered& candidate) {
    return request.url.find(candidate.part) != std::string::npos;
  });
  if (order == orders_.end()) return std::nullopt;
  const Fault fault = order->fault;
  if (--order->count == 0) orders_.erase(order);
  return fault;
}

Result<HttpResponse> FaultyHttp::Send(const HttpRequest& request, std::stop_token stop) {
  const auto fault = Take(request);
  if (!fault) return inner_->Send(request, stop);
  switch (*fault) {
    case Fault::kUnauthorized: return JsonResponse(401, "");
    case Fault::kTooMany: {
      HttpResponse response = HtmlResponse(429);
      response.headers.Add("Retry-After", "1");
      return response;
    }
    case Fault::kServerError: return HtmlResponse(503);
    case Fault::kHtml: return HtmlResponse(200);
    case Fault::kCut:
      return Error(ErrorKind::kTransient, NameOf(request) + ": the connection ended in mid-body");
    case Fault::kHang: {
      std::mutex mutex;
      std::unique_lock lock(mutex);
      std::condition_variable_any never;
      never.wait(lock, stop, [] { return false; });
      return Error(ErrorKind::kCancelled, NameOf(request) + ": stopped");
    }
  }
  return Error(ErrorKind::kInvalid, "no such fault");
}

}  // namespace trueup::connectors
