#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "connectors/http/http_client.h"

namespace trueup::connectors {

// Proves to a server who we are. Safe from any thread.
class Authorizer {
 public:
  virtual ~Authorizer() = default;
  // Adds the proof to one attempt of a request (a signature has a new nonce each time). Gives the
  // credential used, for Renew. May block to fetch a token.
  virtual Result<std::string> Authorize(HttpRequest& request, std::stop_token stop) = 0;
  // The server refused `used` with a 401. True: there is another credential now, try again. False:
  // there is none.
  virtual Result<bool> Renew(const std::string& used, std::stop_token stop) = 0;
};

struct Token {
  std::string value;
  std::optional<Instant> expires;  // where the server told
  std::string instance_url;  // the host that it is good for, where the server told (Salesforce)
};

// Keeps a token and fetches another when it is refused or about to expire: once, however many
// threads ask. Safe from any thread.
class TokenSource {
 public:
  using Fetch = std::function<Result<Token>(std::stop_token)>;

  TokenSource(Fetch fetch, std::shared_ptr<Clock> clock);

  // The current token, fetched where there is none or it expires within a minute.
  Result<Token> Get(std::stop_token stop);
  // A token other than `refused`: the current one where somebody else has renewed it already.
  Result<Token> Replace(const std::string& refused, std::stop_token stop);

 private:
  bool Usable() const;
  Result<Token> FetchLocked(std::unique_lock<std::mutex>& lock, std::stop_token stop);

  const Fetch fetch_;
  const std::shared_ptr<Clock> clock_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool fetching_ = false;
  std::optional<Token> token_;
};

// "Authorization: Bearer" with the tokens of a source.
class BearerAuthorizer : public Authorizer {
 public:
  explicit BearerAuthorizer(std::shared_ptr<TokenSource> tokens) : tokens_(std::move(tokens)) {}
  Result<std::string> Authorize(HttpRequest& request, std::stop_token stop) override;
  Result<bool> Renew(const std::string& used, std::stop_token stop) override;

 private:
  const std::shared_ptr<TokenSource> tokens_;
};

// A fixed header, such as an API key or "Authorization: Basic ...". A 401 is final.
class HeaderAuthorizer : public Authorizer {
 public:
  HeaderAuthorizer(std::string name, std::string value)
      : name_(std::move(name)), value_(std::move(value)) {}
  Result<std::string> Authorize(HttpRequest& request, std::stop_token stop) override;
  Result<bool> Renew(const std::string& used, std::stop_token stop) override;

 private:
  const std::string name_;
  const std::string value_;
};

}  // namespace trueup::connectors
