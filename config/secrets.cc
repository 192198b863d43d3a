#include "config/secrets.h"

#include <cstdlib>
#include <cstring>
#include <ostream>

#include "base/file.h"

namespace trueup::config {

std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "(secret)"; }

std::optional<std::string> SecretReader::Variable(const std::string&) const { return {}; }

// The variable stays, empty: to unset it would move the others under threads that read them.
Result<std::string> ProcessSecrets::FromEnvironment(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto taken = taken_.find(name);
  if (taken != taken_.end()) return taken->second;
  char* const value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') {
    return Error(ErrorKind::kInvalid, "the environment variable " + name + " is not set");
  }
  std::string& secret = taken_[name] = value;
  ::explicit_bzero(value, secret.size());
  return secret;
}

std::optional<std::string> ProcessSecrets::Variable(const std::string& name) const {
  const char* const value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

Result<std::string> ProcessSecrets::FromFile(const std::string& path) const {
  TRUEUP_ASSIGN(std::string text, ReadFile(path));
  while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos) {
    text.pop_back();
  }
  if (text.empty()) return Error(ErrorKind::kInvalid, "the file " + path + " is empty");
  return text;
}

}  // namespace trueup::config
