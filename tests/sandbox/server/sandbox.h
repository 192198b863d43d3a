#pragma once

#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "tests/sandbox/auth/credentials.h"
#include "tests/sandbox/netsuite/netsuite_server.h"
#include "tests/sandbox/salesforce/salesforce_server.h"
#include "tests/sandbox/server/faults.h"
#include "tests/sandbox/server/listener.h"
#include "tests/sandbox/sky/sky_server.h"
#include "tests/sandbox/world/world.h"

namespace trueup::sandbox {

struct SandboxOptions {
  WorldOptions world;
  size_t steps = 0;  // that have passed when the servers start
  int port = 0;      // Salesforce; NetSuite and Sky take the next two; 0: any free ones
  std::optional<std::filesystem::path> truth;
  std::optional<std::filesystem::path> secrets;
  std::optional<std::filesystem::path> tls;  // the folder of the authority; nothing: plain http
  FaultProfile faults = FaultProfile::kNone;
  std::chrono::milliseconds latency{0};
  std::optional<size_t> page_cap;
  size_t daily_requests = 1000000;
  size_t app_requests = 0;
  NetsuiteOptions netsuite;
};

// The three systems over one world, with the control end points on Salesforce's port. A test can
// hold one in its own process.
class Sandbox {
 public:
  explicit Sandbox(const SandboxOptions& options);

  // Throws std::runtime_error where a port is taken or the truth cannot be written.
  void Start();
  void Stop();

  World& world() { return world_; }
  const Credentials& credentials() const { return credentials_; }
  std::string origin(System system) const {
    return listeners_[static_cast<size_t>(system)]->origin();
  }

 private:
  std::optional<HttpReply> Control(const HttpRequest& request);
  HttpReply Step(const HttpRequest& request);
  // Rows vanish behind the clients' backs, or come back.
  HttpReply Move(const HttpRequest& request, System system, std::string_view what);
  // Rows change without a stamp.
  HttpReply Hide(const HttpRequest& request, bool hidden);
  HttpReply Drift(const HttpRequest& request, System system);
  HttpReply Stats() const;
  HttpReply Struck() const;
  HttpReply SetProfile(const HttpRequest& request);
  HttpReply PlanFault(const HttpRequest& request, System system);
  void WriteTruth();

  SandboxOptions options_;
  World world_;
  Credentials credentials_;
  std::optional<Certificate> certificate_;
  Faults faults_;
  SalesforceServer salesforce_;
  NetsuiteServer netsuite_;
  SkyServer sky_;
  std::mutex step_mutex_;  // one control request changes the world at a time
  std::array<std::unique_ptr<Listener>, kSystems> listeners_;
};

// Writes a whole file or leaves the old one.
void WriteFileWhole(const std::filesystem::path& file, const std::string& text);

}  // namespace trueup::sandbox
