#include "connectors/http/curl_client.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <set>
#include <thread>

#include "connectors/http/http_client.h"

namespace trueup::connectors {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

HttpRequest Get(const std::string& url) {
  HttpRequest request;
  request.url = url;
  return request;
}

// A real server on loopback.
class CurlClient : public testing::Test {
 protected:
  void SetUp() override {
    server_.Get("/json", [this](const httplib::Request& request, httplib::Response& response) {
      {
        const std::lock_guard lock(mutex_);
        ports_.insert(request.remote_port);
      }
      response.set_header("X-Limit", "7/10");
      response.set_content(std::string(5'000, 'x'), "text/plain");
    });
    server_.Post("/echo", [](const httplib::Request& request, httplib::Response& response) {
      response.set_content(request.get_header_value("X-Mine") + "|" + request.body, "text/plain");
    });
    server_.Get("/moved", [](const httplib::Request&, httplib::Response& response) {
      response.set_redirect("http://127.0.0.1:1/elsewhere");
    });
    server_.Get("/hang", [this](const httplib::Request&, httplib::Response& response) {
      entered_.store(true);
      entered_.notify_all();
      response.set_content_provider(10, "text/plain", [this](size_t, size_t, httplib::DataSink&) {
        ended_.wait(false);
        return false;
      });
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::jthread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  void TearDown() override {
    ended_.store(true);
    ended_.notify_all();
    server_.stop();
  }
  std::string Url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }

  httplib::Server server_;
  int port_ = 0;
  std::atomic<bool> entered_ = false;
  std::atomic<bool> ended_ = false;
  std::mutex mutex_;
  std::set<int> ports_;
  std::jthread thread_;
};

TEST_F(CurlClient, BringsStatusHeadersAndTheUnzippedBody) {
  const auto response = MakeCurlClient({})->Send(Get(Url("/json")), {});
  ASSERT_TRUE(response.ok()) << response.error().message();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->headers.Find("x-limit"), "7/10");
  EXPECT_EQ(response->headers.Find("Content-Encoding"), "gzip");
  EXPECT_EQ(response->body, std::string(5'000, 'x'));
}

TEST_F(CurlClient, KeepsItsConnection) {
  const auto client = MakeCurlClient({});
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client->Send(Get(Url("/json")), {}).ok());
  EXPECT_EQ(ports_.size(), 1U);
}

TEST_F(CurlClient, PostsABodyWithHeaders) {
  HttpRequest request = Get(Url("/echo"));
  request.method = "POST";
  request.headers.Add("X-Mine", "yes");
  request.body = std::string("a\0b", 3);
  const auto response = MakeCurlClient({})->Send(request, {});
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->body, std::string("yes|a\0b", 7));
}

TEST_F(CurlClient, FollowsNoRedirect) {
  const auto response = MakeCurlClient({})->Send(Get(Url("/moved")), {});
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->status, 302);
}

TEST_F(CurlClient, RefusesABodyLargerThanItsLimit) {
  HttpOptions options;
  options.max_body = 100;
  const auto response = MakeCurlClient(options)->Send(Get(Url("/json")), {});
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().kind(), ErrorKind::kInvalid);
}

TEST_F(CurlClient, PutsABodyIntoTheSpoolHoweverLarge) {
  HttpOptions options;
  options.max_body = 100;
  HttpRequest request = Get(Url("/json"));
  auto spool = SpoolFile::Make();
  ASSERT_TRUE(spool.ok()) << spool.error().message();
  request.spool = *spool;
  ASSERT_TRUE(request.spool->Append("what a cut reply has left").ok());
  const auto response = MakeCurlClient(options)->Send(request, {});
  ASSERT_TRUE(response.ok()) << response.error().message();
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(*request.spool->Read()(), std::string(5'000, 'x'));
}

TEST_F(CurlClient, GivesTheBodyOfARefusalDespiteTheSpool) {
  HttpRequest request = Get(Url("/nowhere"));
  auto spool = SpoolFile::Make();
  ASSERT_TRUE(spool.ok()) << spool.error().message();
  request.spool = *spool;
  server_.set_error_handler([](const httplib::Request&, httplib::Response& response) {
    response.set_content("refused", "text/plain");
  });
  const auto response = MakeCurlClient({})->Send(request, {});
  ASSERT_TRUE(response.ok()) << response.error().message();
  EXPECT_EQ(response->body, "refused");
}

TEST_F(CurlClient, EndsAtTheTimeoutOfTheRequest) {
  HttpRequest request = Get(Url("/hang"));
  request.timeout = milliseconds(50);
  const auto response = MakeCurlClient({})->Send(request, {});
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().kind(), ErrorKind::kTransient);
}

TEST_F(CurlClient, StopsInTheMiddleOfABody) {
  const auto client = MakeCurlClient({});
  std::stop_source stop;
  std::jthread stopper([&] {
    entered_.wait(false);
    stop.request_stop();
  });
  const auto response = client->Send(Get(Url("/hang?q=hunter2")), stop.get_token());
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().kind(), ErrorKind::kCancelled);
  EXPECT_THAT(response.error().message(), testing::Not(testing::HasSubstr("hunter2")));
  // The client is as good as new.
  EXPECT_TRUE(client->Send(Get(Url("/json")), {}).ok());
}

TEST_F(CurlClient, ServesManyThreads) {
  const auto client = MakeCurlClient({});
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 10; ++k) EXPECT_TRUE(client->Send(Get(Url("/json")), {}).ok());
    });
  }
}

TEST(CurlClientAddress, RefusesPlainHttpToOtherMachines) {
  const auto response = MakeCurlClient({})->Send(Get("http://192.0.2.1/x"), {});
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().kind(), ErrorKind::kInvalid);
}

// Answers one connection with raw bytes and closes it.
class RawServer {
 public:
  explicit RawServer(std::string answer) : answer_(std::move(answer)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    listen(listener_, 1);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] {
      const int connection = accept(listener_, nullptr, nullptr);
      std::array<char, 4096> request;
      if (read(connection, request.data(), request.size()) > 0) {
        EXPECT_EQ(write(connection, answer_.data(), answer_.size()),
                  static_cast<ssize_t>(answer_.size()));
      }
      close(connection);
    });
  }
  ~RawServer() {
    thread_.join();
    close(listener_);
  }
  std::string Url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  std::string answer_;
  int listener_ = -1;
  int port_ = 0;
  std::jthread thread_;
};

TEST(CurlClientBody, IsTransientWhenCut) {
  for (const char* answer :
       {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":1",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":", ""}) {
    const RawServer server(answer);
    const auto response = MakeCurlClient({})->Send(Get(server.Url()), {});
    ASSERT_FALSE(response.ok()) << answer;
    EXPECT_EQ(response.error().kind(), ErrorKind::kTransient) << response.error().message();
  }
}

// A certificate for localhost that signs itself, and its key, as files.
class SelfSigned {
 public:
  SelfSigned() {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3'600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3'600);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION* host =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
    X509_add_ext(certificate, host, -1);
    X509_EXTENSION_free(host);
    X509_sign(certificate, key, EVP_sha256());
    FILE* file = std::fopen(certificate_path().c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    file = std::fopen(key_path().c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  ~SelfSigned() {
    std::remove(certificate_path().c_str());
    std::remove(key_path().c_str());
  }
  std::string certificate_path() const { return stem_ + "certificate.pem"; }
  std::string key_path() const { return stem_ + "key.pem"; }

 private:
  const std::string stem_ = testing::TempDir() + "trueup_tls_" + std::to_string(getpid()) + "_";
};

TEST(CurlClientTls, TrustsNobodyButTheStoreOrTheGivenFile) {
  const SelfSigned files;
  httplib::SSLServer server(files.certificate_path().c_str(), files.key_path().c_str());
  ASSERT_TRUE(server.is_valid());
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("{}", "application/json");
  });
  const int port = server.bind_to_any_port("localhost");
  std::jthread thread([&] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::yield();
  const std::string url = "https://localhost:" + std::to_string(port) + "/";
  const auto refused = MakeCurlClient({})->Send(Get(url), {});
  HttpOptions options;
  options.ca_file = files.certificate_path();
  const auto trusted = MakeCurlClient(options)->Send(Get(url), {});
  server.stop();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind(), ErrorKind::kDenied) << refused.error().message();
  EXPECT_TRUE(trusted.ok()) << trusted.error().message();
}

struct CodeCase {
  CURLcode code;
  ErrorKind kind;
};

TEST(CurlCode, IsTranslatedToWhatTheCallerDoes) {
  for (const auto& [code, kind] : {CodeCase{CURLE_COULDNT_RESOLVE_HOST, ErrorKind::kTransient},
                                   CodeCase{CURLE_COULDNT_CONNECT, ErrorKind::kTransient},
                                   CodeCase{CURLE_OPERATION_TIMEDOUT, ErrorKind::kTransient},
                                   CodeCase{CURLE_PARTIAL_FILE, ErrorKind::kTransient},
                                   CodeCase{CURLE_RECV_ERROR, ErrorKind::kTransient},
                                   CodeCase{CURLE_GOT_NOTHING, ErrorKind::kTransient},
                                   CodeCase{CURLE_SSL_CONNECT_ERROR, ErrorKind::kTransient},
                                   CodeCase{CURLE_BAD_CONTENT_ENCODING, ErrorKind::kTransient},
                                   CodeCase{CURLE_PEER_FAILED_VERIFICATION, ErrorKind::kDenied},
                                   CodeCase{CURLE_SSL_CACERT_BADFILE, ErrorKind::kInvalid},
                                   CodeCase{CURLE_URL_MALFORMAT, ErrorKind::kInvalid},
                                   CodeCase{CURLE_UNSUPPORTED_PROTOCOL, ErrorKind::kInvalid}}) {
    EXPECT_EQ(KindOfCurlCode(code), kind) << curl_easy_strerror(code);
  }
}

}  // namespace
}  // namespace trueup::connectors
