#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "tests/sandbox/auth/test_ca.h"
#include "tests/sandbox/server/faults.h"
#include "tests/sandbox/server/http.h"

namespace trueup::sandbox {

// Serves one system on one loopback port, with faults, latency and counts on the way.
class Listener {
 public:
  // Answers requests that are not the system's own; nothing for those that are. They meet no
  // faults.
  using SideDoor = std::function<std::optional<HttpReply>(const HttpRequest&)>;

  // Over TLS with that certificate; null: plain.
  Listener(System system, SystemServer* server, Faults* faults, std::chrono::milliseconds latency,
           const Certificate* tls);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void SetSideDoor(SideDoor door) { side_door_ = std::move(door); }
  // Binds 127.0.0.1:port (0: any free one) and starts to serve. False if the port is taken.
  bool Start(int port);
  void Stop();

  int port() const { return port_; }
  std::string origin() const { return scheme_ + "127.0.0.1:" + std::to_string(port_); }
  // Requests so far by class: the path with ids and cursors replaced by a star.
  std::map<std::string, size_t> counts() const;

 private:
  struct Impl;
  HttpReply Answer(const HttpRequest& request, std::optional<Fault> fault);

  System system_;
  SystemServer* server_;
  Faults* faults_;
  std::chrono::milliseconds latency_;
  std::string scheme_;
  SideDoor side_door_;
  int port_ = 0;
  mutable std::mutex counts_mutex_;
  std::map<std::string, size_t> counts_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trueup::sandbox
