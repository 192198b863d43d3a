#pragma once

#include <iosfwd>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"

namespace trueup::config {

// A password, key or token. It never prints itself: every way out but reveal() gives "(secret)".
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  // The secret itself, for the one place that sends or signs with it.
  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

std::ostream& operator<<(std::ostream& out, const Secret& secret);

// Where secrets come from: a seam, so that tests need no environment. Safe from any thread.
class SecretReader {
 public:
  virtual ~SecretReader() = default;
  // The secret that an environment variable holds; kInvalid where it is not set or empty.
  virtual Result<std::string> FromEnvironment(const std::string& name) const = 0;
  // The content of a file without the white space at its end; kInvalid where it cannot be read or
  // is empty.
  virtual Result<std::string> FromFile(const std::string& path) const = 0;
  // An environment variable that is no secret, such as PATH; readers without an environment have
  // none.
  virtual std::optional<std::string> Variable(const std::string& name) const;
};

// The process's environment and the file system. A secret is taken out of the environment when it
// is read: where the variable stood are zeros, so that neither /proc/PID/environ, nor what a crash
// reporter keeps of it, nor a child has the secret. This reader remembers it; another one of the
// same process finds the variable empty.
class ProcessSecrets : public SecretReader {
 public:
  Result<std::string> FromEnvironment(const std::string& name) const override;
  Result<std::string> FromFile(const std::string& path) const override;
  std::optional<std::string> Variable(const std::string& name) const override;

 private:
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::string> taken_;  // by the variable's name
};

}  // namespace trueup::config
