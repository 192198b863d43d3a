#include "connectors/http/curl_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

#include "connectors/http/encoding.h"
#include "connectors/http/http_client.h"

namespace trueup::connectors {
namespace {

template <auto Destroy>
struct DeleteWith {
  template <class T>
  void operator()(T* handle) const noexcept {
    Destroy(handle);
  }
};
using Easy = std::unique_ptr<CURL, DeleteWith<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, DeleteWith<curl_multi_cleanup>>;
using HeaderList = std::unique_ptr<curl_slist, DeleteWith<curl_slist_free_all>>;

// One worker's handles. The multi handle keeps the connections alive from exchange to exchange, and
// is what a stop can wake up from another thread. Members are destroyed bottom up: the easy handle
// before its multi handle.
struct Lane {
  Multi multi{curl_multi_init()};
  Easy easy{curl_easy_init()};
};

// Takes a lane's easy handle out of its multi handle, whichever way the exchange ends.
class Running {
 public:
  explicit Running(Lane& lane) : lane_(lane) {
    curl_multi_add_handle(lane_.multi.get(), lane_.easy.get());
  }
  ~Running() { curl_multi_remove_handle(lane_.multi.get(), lane_.easy.get()); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  Lane& lane_;
};

// Where a response is gathered.
struct Sink {
  CURL* easy = nullptr;
  SpoolFile* spool = nullptr;  // may be null
  HttpResponse response;
  size_t limit = 0;
  bool too_large = false;
  Status spooled;
};

// At once: replies are pages of a megabyte and more.
constexpr long kReceiveBytes = 256 << 10;

// As much as the server says is to come: a large body is then not copied while it grows.
void MakeRoom(Sink& sink) {
  curl_off_t length = -1;
  curl_easy_getinfo(sink.easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  if (length > 0) sink.response.body.reserve(std::min(static_cast<size_t>(length), sink.limit));
}

size_t TakeBody(char* data, size_t, size_t size, void* user) {
  auto& sink = *static_cast<Sink*>(user);
  long status = 0;
  curl_easy_getinfo(sink.easy, CURLINFO_RESPONSE_CODE, &status);
  if (status == 200 && sink.spool != nullptr) {
    sink.spooled = sink.spool->Append(std::string_view(data, size));
    return sink.spooled.ok() ? size : 0;
  }
  if (sink.response.body.empty()) MakeRoom(sink);
  if (sink.response.body.size() + size > sink.limit) {
    sink.too_large = true;
    return 0;  // tells curl to give up
  }
  sink.response.body.append(data, size);
  return size;
}

size_t TakeHeader(char* data, size_t, size_t size, void* user) {
  auto& sink = *static_cast<Sink*>(user);
  std::string_view line(data, size);
  // A second status line (after "100 Continue") begins the headers anew.
  if (line.starts_with("HTTP/")) sink.response.headers = {};
  const size_t colon = line.find(':');
  if (colon == line.npos) return size;
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && std::strchr(" \t\r\n", value.back()) != nullptr) value.remove_suffix(1);
  while (!value.empty() && std::strchr(" \t", value.front()) != nullptr) value.remove_prefix(1);
  sink.response.headers.Add(std::string(line.substr(0, colon)), std::string(value));
  return size;
}

class CurlClient : public HttpClient {
 public:
  explicit CurlClient(HttpOptions options) : options_(std::move(options)) {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) std::abort();  // no memory, at start
  }

  Result<HttpResponse> Send(const HttpRequest& request, std::stop_token stop) override;

 private:
  Status CheckAddress(const HttpRequest& request) const;
  void Configure(CURL* easy, const HttpRequest& request, const curl_slist* headers,
                 Sink& sink) const;
  std::unique_ptr<Lane> TakeLane();
  void GiveBack(std::unique_ptr<Lane> lane);

  const HttpOptions options_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Lane>> idle_;
};

Status CurlClient::CheckAddress(const HttpRequest& request) const {
  TRUEUP_ASSIGN(const UrlParts url, ParseUrl(request.url));
  if (url.scheme == "http" && !IsLoopback(url.host) && !options_.allow_plain_http) {
    return Error(ErrorKind::kInvalid,
                 NameOf(request) +
                     ": plain http to another machine would send credentials in the "
                     "clear; use https or set allow_plain_http");
  }
  return {};
}

// The pool grows to the number of threads that send at once. The lane used last is taken first: its
// connection is the most likely one to be still open.
std::unique_ptr<Lane> CurlClient::TakeLane() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<Lane>();
  auto lane = std::move(idle_.back());
  idle_.pop_back();
  return lane;
}

void CurlClient::GiveBack(std::unique_ptr<Lane> lane) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(lane));
}

HeaderList ToCurlHeaders(const HttpHeaders& headers) {
  curl_slist* list = nullptr;
  // No "Expect: 100-continue": it costs a round trip and some servers never answer it.
  list = curl_slist_append(list, "Expect:");
  for (const auto& [name, value] : headers.lines()) {
    // curl takes "Name;" for a header without a value.
    const std::string line = value.empty() ? name + ";" : name + ": " + value;
    list = curl_slist_append(list, line.c_str());
  }
  return HeaderList(list);
}

void CurlClient::Configure(CURL* easy, const HttpRequest& request, const curl_slist* headers,
                           Sink& sink) const {
  const auto timeout = request.timeout.count() > 0 ? request.timeout : options_.timeout;
  const auto stall = std::chrono::ceil<std::chrono::seconds>(options_.stall_timeout);
  curl_easy_reset(easy);
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // a stop must not wait for the resolver's thread
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
  curl_easy_setopt(easy, CURLOPT_USERAGENT, options_.user_agent.c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options_.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(stall.count()));
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, kReceiveBytes);
  if (!options_.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
  if (request.method == "POST") {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
  } else if (request.method != "GET") {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, TakeBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &sink);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, TakeHeader);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &sink);
}

// Drives the exchange to its end; nothing where `stop` came first.
std::optional<CURLcode> Drive(Lane& lane, std::stop_token stop) {
  const Running running(lane);
  const std::stop_callback wake(stop, [&lane] { curl_multi_wakeup(lane.multi.get()); });
  while (!stop.stop_requested()) {
    int active = 0;
    if (curl_multi_perform(lane.multi.get(), &active) != CURLM_OK) return CURLE_FAILED_INIT;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(lane.multi.get(), &left)) {
      if (message->msg == CURLMSG_DONE) return message->data.result;
    }
    curl_multi_poll(lane.multi.get(), nullptr, 0, 1'000, nullptr);
  }
  return std::nullopt;
}

Result<HttpResponse> CurlClient::Send(const HttpRequest& request, std::stop_token stop) {
  TRUEUP_RETURN_IF_ERROR(CheckAddress(request));
  if (request.spool) TRUEUP_RETURN_IF_ERROR(request.spool->Clear());
  auto lane = TakeLane();
  const HeaderList headers = ToCurlHeaders(request.headers);
  Sink sink;
  sink.easy = lane->easy.get();
  sink.spool = request.spool.get();
  sink.limit = static_cast<size_t>(options_.max_body);
  Configure(lane->easy.get(), request, headers.get(), sink);
  std::string reason(CURL_ERROR_SIZE, '\0');
  curl_easy_setopt(lane->easy.get(), CURLOPT_ERRORBUFFER, reason.data());
  const auto code = Drive(*lane, stop);
  long status = 0;
  curl_easy_getinfo(lane->easy.get(), CURLINFO_RESPONSE_CODE, &status);
  // The handle must forget the buffers of this call before it waits for the next one.
  curl_easy_reset(lane->easy.get());
  GiveBack(std::move(lane));
  if (!code) return Error(ErrorKind::kCancelled, NameOf(request) + ": stopped");
  if (!sink.spooled.ok()) return sink.spooled.error();
  if (sink.too_large) {
    return Error(ErrorKind::kInvalid, NameOf(request) + ": the reply is larger than " +
                                          std::to_string(options_.max_body) + " bytes");
  }
  if (*code != CURLE_OK) {
    return Error(
        KindOfCurlCode(*code),
        NameOf(request) + ": " + (reason[0] != '\0' ? reason.c_str() : curl_easy_strerror(*code)));
  }
  sink.response.status = static_cast<int>(status);
  return std::move(sink.response);
}

}  // namespace

ErrorKind KindOfCurlCode(int code) {
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
    case CURLE_NOT_BUILT_IN: return ErrorKind::kInvalid;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH: return ErrorKind::kDenied;
    default: return ErrorKind::kTransient;  // the network and what may pass there
  }
}

std::unique_ptr<HttpClient> MakeCurlClient(HttpOptions options) {
  return std::make_unique<CurlClient>(std::move(options));
}

}  // namespace trueup::connectors
