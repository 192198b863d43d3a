#pragma once

#include <iosfwd>
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
  // The value of an environment variable; kInvalid where it is not set or empty.
  virtual Result<std::string> FromEnvironment(const std::string& name) const = 0;
  // The content of a file without the white space at its end; kInvalid where it cannot be read or
  // is empty.
  virtual Result<std::string> FromFile(const std::string& path) const = 0;
};

// The process's environment and the file system.
class ProcessSecrets : public SecretReader {
 public:
  Result<std::string> FromEnvironment(const std::string& name) const override;
  Result<std::string> FromFile(const std::string& path) const override;
};

}  // namespace trueup::config
