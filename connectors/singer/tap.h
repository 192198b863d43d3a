#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "connectors/singer/child_process.h"
#include "connectors/singer/private_folder.h"
#include "connectors/singer/tap_config.h"

namespace trueup::connectors::singer {

// How long a tap may take; see SingerSettings.
struct TapLimits {
  std::chrono::milliseconds silence{};
  std::chrono::milliseconds run{};
  std::chrono::milliseconds exit{};
  size_t line = 0;  // bytes
};

// What one run of a tap is started with.
struct TapStart {
  std::string name;                   // of the program, for messages
  std::vector<std::string> command;   // program and the arguments of the settings
  std::string folder;                 // where it runs
  const TapConfig* config = nullptr;  // outlives the tap
  TapLimits limits;
  std::shared_ptr<Clock> clock;
  std::string log_subject;  // begins each line of its stderr in our log
  // What this run is: --discover, or a sync with what is given.
  bool discover = false;
  std::string catalog_option;
  std::string catalog;  // JSON; empty: none
  std::string state;    // JSON; empty: none
};

// One run of a tap: its standard output line by line, its standard error in our log. Memory: one
// line, and what one read of the pipe brought. The tap is killed when this goes.
class Tap {
 public:
  static Result<std::unique_ptr<Tap>> Start(const TapStart& start);

  // The next line that is not blank, without its line break; valid until the next call. Nothing:
  // the tap has ended, and well. kTransient where it ended otherwise, with what it last said on
  // stderr, or where a limit of time was passed; kInvalid for a line that is too long.
  Result<std::optional<std::string_view>> NextLine(std::stop_token stop);
  // The number of that line in the tap's output, from 1.
  uint64_t line_number() const { return line_number_; }

  // "line 17: MESSAGE, the line is: ..." with the line shortened and secrets hidden.
  Error LineError(const std::string& message) const;

 private:
  explicit Tap(const TapStart& start)
      : config_(*start.config),
        limits_(start.limits),
        clock_(start.clock),
        name_(start.name),
        log_subject_(start.log_subject) {}

  bool FindLine();
  Result<bool> ReadMore(std::stop_token stop);
  Status Finish(std::stop_token stop);
  void LogErrors(bool all);
  void LogErrorLine(std::string_view line);
  Error Died(const std::string& how) const;
  Error TooLong() const;

  const TapConfig& config_;
  const TapLimits limits_;
  const std::shared_ptr<Clock> clock_;
  const std::string name_;
  const std::string log_subject_;
  std::unique_ptr<PrivateFolder> files_;
  std::unique_ptr<ChildProcess> child_;  // gone before its files are
  ChildProcess::Output output_;
  size_t line_begin_ = 0;  // in output_.out
  size_t searched_ = 0;    // no line break of the current line before this
  std::string_view line_;
  uint64_t line_number_ = 0;
  std::deque<std::string> last_errors_;
  bool skipping_error_ = false;  // in the rest of a line of stderr that was too long
  std::chrono::microseconds waited_{0};
};

}  // namespace trueup::connectors::singer
