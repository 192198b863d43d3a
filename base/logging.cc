#include "base/logging.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <memory>
#include <string>

namespace trueup {
namespace {

spdlog::level::level_enum Translate(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::info;
}

spdlog::logger& Logger() {
  static const auto logger = [] {
    auto made = std::make_shared<spdlog::logger>("trueup",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    // On a terminal a line first clears what stands there: the progress of a long work.
    const std::string clear = ::isatty(STDERR_FILENO) == 1 ? "\r\033[K" : "";
    made->set_pattern(clear + "%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *logger;
}

}  // namespace

void Log(LogLevel level, std::string_view part, std::string_view text) {
  Logger().log(Translate(level), "{}: {}", part, text);
}

void SetLogLevel(LogLevel level) { Logger().set_level(Translate(level)); }

}  // namespace trueup
