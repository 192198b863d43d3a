#include "config/secrets.h"

#include <cstdlib>
#include <ostream>

#include "base/file.h"

namespace trueup::config {

std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "(secret)"; }

Result<std::string> ProcessSecrets::FromEnvironment(const std::string& name) const {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') {
    return Error(ErrorKind::kInvalid, "the environment variable " + name + " is not set");
  }
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
