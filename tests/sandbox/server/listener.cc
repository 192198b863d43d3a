#include "tests/sandbox/server/listener.h"

#include <algorithm>
#include <thread>

#include <httplib.h>

#include "tests/sandbox/auth/oauth1.h"

namespace trueup::sandbox {
namespace {

constexpr size_t kThreads = 16;
constexpr std::chrono::milliseconds kPause{1000};
constexpr std::string_view kHtml =
    "<html><head><title>Maintenance</title></head><body>We are setting things up.</body></html>";

std::vector<std::pair<std::string, std::string>> ReadQuery(std::string_view target) {
  std::vector<std::pair<std::string, std::string>> query;
  const size_t mark = target.find('?');
  std::string_view rest =
      mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  while (!rest.empty()) {
    const size_t amp = rest.find('&');
    std::string pair(rest.substr(0, amp));
    rest = amp == std::string_view::npos ? std::string_view() : rest.substr(amp + 1);
    std::replace(pair.begin(), pair.end(), '+', ' ');
    const size_t equals = std::min(pair.find('='), pair.size());
    query.emplace_back(
        PercentDecode(pair.substr(0, equals)),
        equals < pair.size() ? PercentDecode(pair.substr(equals + 1)) : std::string());
  }
  return query;
}

HttpRequest Translate(const httplib::Request& from, const std::string& scheme) {
  HttpRequest request;
  request.method = from.method;
  request.path = from.path;
  request.query = ReadQuery(from.target);
  for (const auto& [name, value] : from.headers) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    request.headers[lower] = value;
  }
  request.origin = scheme + request.Header("host");
  request.body = from.body;
  return request;
}

// Segments that hold an id or a cursor: long, with a digit.
std::string PathClass(const std::string& method, const std::string& path) {
  std::string out = method + " ";
  size_t begin = 0;
  while (begin < path.size()) {
    const size_t end = std::min(path.find('/', begin + 1), path.size());
    const std::string segment = path.substr(begin, end - begin);
    const bool id = segment.size() > 9 && segment.find_first_of("0123456789") != std::string::npos;
    out += id ? "/*" : segment;
    begin = end;
  }
  return out;
}

HttpReply Html(int status) {
  HttpReply reply;
  reply.status = status;
  reply.content_type = "text/html";
  reply.body = kHtml;
  return reply;
}

// Gives the first half of the body, and then nothing more or, after a pause, the rest.
void SendInHalves(std::string body, bool cut, const std::string& content_type,
                  httplib::Response* response) {
  const auto shared = std::make_shared<std::string>(std::move(body));
  response->set_content_provider(
      shared->size(), content_type,
      [shared, cut](size_t offset, size_t length, httplib::DataSink& sink) {
        const size_t half = shared->size() / 2;
        if (offset < half) return sink.write(shared->data() + offset, half - offset);
        if (cut) return false;
        std::this_thread::sleep_for(kPause);
        return sink.write(shared->data() + offset, std::min(length, shared->size() - offset));
      });
}

}  // namespace

struct Listener::Impl {
  explicit Impl(const Certificate* tls) {
    if (tls == nullptr) {
      server = std::make_unique<httplib::Server>();
    } else {
      server = std::make_unique<httplib::SSLServer>(tls->certificate(), tls->key());
    }
  }

  std::unique_ptr<httplib::Server> server;
  std::thread thread;
};

Listener::Listener(System system, SystemServer* server, Faults* faults,
                   std::chrono::milliseconds latency, const Certificate* tls)
    : system_(system),
      server_(server),
      faults_(faults),
      latency_(latency),
      scheme_(tls == nullptr ? "http://" : "https://"),
      impl_(std::make_unique<Impl>(tls)) {
  httplib::Server& http = *impl_->server;
  http.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  http.set_tcp_nodelay(true);
  http.set_keep_alive_max_count(1000000);
  // An idle connection holds Stop() up for as long.
  http.set_keep_alive_timeout(2);
  const auto handler = [this](const httplib::Request& from, httplib::Response& to) {
    const HttpRequest request = Translate(from, scheme_);
    std::optional<HttpReply> reply = side_door_ ? side_door_(request) : std::nullopt;
    std::optional<Fault> fault;
    if (!reply) {
      fault = faults_->Next(system_, request.path, from.target + request.body);
      reply = Answer(request, fault);
    }
    to.status = reply->status;
    for (const auto& [name, value] : reply->headers) to.set_header(name, value);
    const bool halves = reply->body.size() > 1 && (fault == Fault::kCut || fault == Fault::kSlow);
    if (halves) {
      SendInHalves(std::move(reply->body), fault == Fault::kCut, reply->content_type, &to);
    } else {
      to.set_content(std::move(reply->body), reply->content_type);
    }
  };
  http.Get(".*", handler);
  http.Post(".*", handler);
  http.Put(".*", handler);
  http.Patch(".*", handler);
  http.Delete(".*", handler);
}

Listener::~Listener() { Stop(); }

bool Listener::Start(int port) {
  httplib::Server& http = *impl_->server;
  const bool bound = port == 0 ? (port_ = http.bind_to_any_port("127.0.0.1")) > 0
                               : http.bind_to_port("127.0.0.1", port);
  if (!bound) return false;
  if (port != 0) port_ = port;
  impl_->thread = std::thread([&http] { http.listen_after_bind(); });
  while (!http.is_running()) std::this_thread::yield();
  return true;
}

void Listener::Stop() {
  impl_->server->stop();
  if (impl_->thread.joinable()) impl_->thread.join();
}

HttpReply Listener::Answer(const HttpRequest& request, std::optional<Fault> fault) {
  struct InFlight {
    explicit InFlight(std::atomic<int>* number) : count(number) { ++*count; }
    ~InFlight() { --*count; }
    std::atomic<int>* count;
  };
  {
    const std::lock_guard lock(counts_mutex_);
    ++counts_[PathClass(request.method, request.path)];
  }
  const InFlight in_flight(&server_->in_flight);
  if (latency_.count() > 0) std::this_thread::sleep_for(latency_);
  if (faults_->IsDown(system_) || fault == Fault::kUnavailable) return Html(503);
  if (fault == Fault::kError) return Html(500);
  if (fault == Fault::kHtml) return Html(200);
  if (fault == Fault::kTooMany) {
    HttpReply reply = Html(429);
    reply.headers.emplace_back("Retry-After", "1");
    return reply;
  }
  if (fault == Fault::kNotAcceptable) {
    HttpReply reply;
    reply.status = 406;
    return reply;
  }
  if (fault == Fault::kEnhanceYourCalm) return Html(420);
  if (fault == Fault::kExpired) server_->ExpireTokens();
  const auto refusal = fault ? server_->Fail(*fault) : std::nullopt;
  return refusal ? *refusal : server_->Handle(request);
}

std::map<std::string, size_t> Listener::counts() const {
  const std::lock_guard lock(counts_mutex_);
  return counts_;
}

}  // namespace trueup::sandbox
