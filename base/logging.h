#pragma once

#include <string>
#include <string_view>

namespace trueup {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// One line of the log: when, how bad, which part, and a text in lower case that names its subject.
// Safe from any thread. Secrets never go here.
void Log(LogLevel level, std::string_view part, std::string_view text);
inline void LogDebug(std::string_view part, std::string_view text) {
  Log(LogLevel::kDebug, part, text);
}
inline void LogInfo(std::string_view part, std::string_view text) {
  Log(LogLevel::kInfo, part, text);
}
inline void LogWarning(std::string_view part, std::string_view text) {
  Log(LogLevel::kWarning, part, text);
}
inline void LogError(std::string_view part, std::string_view text) {
  Log(LogLevel::kError, part, text);
}

// Lines below this level are dropped. Lines go to standard error.
void SetLogLevel(LogLevel level);

}  // namespace trueup
