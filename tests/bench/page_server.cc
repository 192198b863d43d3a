// trueup-page-server: an org of one object, Account, as ready-made pages over REST and Bulk API 2.0
// on a loopback port. It looks at nothing but the path (any credential is good, any query asks for
// everything), so that what a client costs is not drowned in what a server does.
#include <csignal>
#include <functional>
#include <iostream>
#include <thread>

#include <httplib.h>
#include <CLI/CLI.hpp>

#include "tests/bench/ready_pages.h"

namespace trueup::bench {
namespace {

constexpr const char* kJson = "application/json";
constexpr const char* kBulk = "/services/data/v[0-9.]+/jobs/query";
constexpr const char* kJob =
    R"({"id":"750gB0000000001QAA","operation":"queryAll","object":"Account",)"
    R"("concurrencyMode":"Parallel","contentType":"CSV","apiVersion":62.0,)"
    R"("lineEnding":"LF","columnDelimiter":"COMMA","state":")";

// Sends the page as it lies in memory.
void Give(const std::string& page, const char* type, httplib::Response& reply) {
  reply.set_content_provider(page.size(), type,
                             [&page](size_t offset, size_t length, httplib::DataSink& sink) {
                               return sink.write(page.data() + offset, length);
                             });
}

class PageServer {
 public:
  explicit PageServer(size_t rows) : rows_(rows), pages_(MakePages(rows)) {}

  void Install(httplib::Server& http) {
    http.set_tcp_nodelay(true);
    http.set_keep_alive_max_count(1'000'000);
    http.Post("/services/oauth2/token", [](const httplib::Request& request, auto& reply) {
      const std::string url = "http://" + request.get_header_value("Host");
      reply.set_content(R"({"access_token":"00D!x","token_type":"Bearer","issued_at":"0","id":")" +
                            url + R"(/id/00DgB0000000001UAA/005gB0000000001QAA","instance_url":")" +
                            url + "\"}",
                        kJson);
    });
    http.Get("/services/data/v[0-9.]+/sobjects/Account/describe",
             [this](const auto&, auto& reply) { Give(pages_.describe, kJson, reply); });
    http.Get("/services/data/v[0-9.]+/query(All)?/?",
             [this](const auto& request, auto& reply) { Query(request, reply); });
    http.Get("/services/data/v[0-9.]+/query/01gB-([0-9]+)",
             [this](const auto& request, auto& reply) {
               Give(pages_.rest.at(std::stoul(request.matches[1])), kJson, reply);
             });
    http.Post(kBulk, [](const auto&, auto& reply) { GiveJob("UploadComplete\"}", reply); });
    const std::string job = std::string(kBulk) + "/[0-9A-Za-z]+";
    http.Get(job, [this](const auto&, auto& reply) {
      GiveJob("JobComplete\",\"numberRecordsProcessed\":" + std::to_string(rows_) + "}", reply);
    });
    http.Delete(job, [](const auto&, auto& reply) { reply.status = 204; });
    http.Get(job + "/results",
             [this](const auto& request, auto& reply) { Results(request, reply); });
  }

 private:
  static void GiveJob(const std::string& rest, httplib::Response& reply) {
    reply.set_content(kJob + rest, kJson);
  }

  void Query(const httplib::Request& request, httplib::Response& reply) const {
    if (request.get_param_value("q").find("COUNT()") == std::string::npos) {
      Give(pages_.rest.front(), kJson, reply);
    } else {
      reply.set_content("{\"totalSize\":" + std::to_string(rows_) + R"(,"done":true,"records":[]})",
                        kJson);
    }
  }

  // A page's locator is its number.
  void Results(const httplib::Request& request, httplib::Response& reply) const {
    const std::string locator = request.get_param_value("locator");
    const size_t number = locator.empty() ? 0 : std::stoul(locator);
    const bool last = number + 1 == pages_.bulk.size();
    reply.set_header("Sforce-Locator", last ? "null" : std::to_string(number + 1));
    reply.set_header("Sforce-NumberOfRecords", std::to_string(pages_.bulk_rows.at(number)));
    Give(pages_.bulk.at(number), "text/csv", reply);
  }

  const size_t rows_;
  const ReadyPages pages_;
};

int Serve(size_t rows) {
  // Blocked before any thread starts, so that only sigwait() below sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  PageServer pages(rows);
  httplib::Server http;
  pages.Install(http);
  const int port = http.bind_to_any_port("127.0.0.1");
  std::thread thread([&http] { http.listen_after_bind(); });
  std::cout << "ready http://127.0.0.1:" << port << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  http.stop();
  thread.join();
  return 0;
}

int Main(int argc, char** argv) {
  size_t rows = 500'000;
  CLI::App app("Serves ready-made pages of one Salesforce object, until SIGTERM");
  app.add_option("--rows", rows, "rows of Account, of 20 fields")
      ->check(CLI::Range(1, 999'999))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return Serve(rows);
}

}  // namespace
}  // namespace trueup::bench

int main(int argc, char** argv) { return trueup::bench::Main(argc, argv); }
