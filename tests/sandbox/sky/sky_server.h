#pragma once

#include <atomic>
#include <string>

#include "tests/sandbox/auth/credentials.h"
#include "tests/sandbox/server/http.h"
#include "tests/sandbox/world/world.h"

namespace trueup::sandbox {

struct SkyOptions {
  size_t page_cap = 500;
};

// The operations system's REST API, as docs/reference/systems.md gives it.
class SkyServer : public SystemServer {
 public:
  SkyServer(const World& world, const Credentials& credentials, SkyOptions options)
      : world_(world), credentials_(credentials), options_(options) {}

  HttpReply Handle(const HttpRequest& request) override;
  // The token of a service account does not expire: one request is refused, then it is good again.
  void ExpireTokens() override { refuse_once_ = true; }
  std::optional<HttpReply> Fail(Fault) override { return std::nullopt; }  // it has none of its own
  // So many ids of no record stand at the begin of the table's list of ids.
  void SetGhosts(TableId table, int count) {
    ghost_table_ = table;
    ghosts_ = count;
  }

 private:
  HttpReply Rows(const HttpRequest& request, const Table& table);
  HttpReply Ids(const HttpRequest& request, TableId id);
  HttpReply Deletions(const HttpRequest& request);
  size_t PageSize(const HttpRequest& request) const;

  const World& world_;
  const Credentials& credentials_;
  SkyOptions options_;
  std::atomic<bool> refuse_once_{false};
  std::atomic<TableId> ghost_table_{TableId::kSkyAccounts};
  std::atomic<int> ghosts_{0};
};

}  // namespace trueup::sandbox
