#include "connectors/singer/tap.h"

#include <algorithm>
#include <array>

#include "base/logging.h"

namespace trueup::connectors::singer {
namespace {

constexpr size_t kShownLine = 200;          // of a line in an error
constexpr size_t kLoggedLine = 2'000;       // of a line of stderr in the log
constexpr size_t kLongestError = 64 << 10;  // of a line of stderr that is looked through at all
constexpr size_t kLastErrors = 5;
constexpr size_t kShownError = 400;  // of each of them: a Python error says at its end what it is

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

// Not in the middle of a character.
std::string Shortened(std::string text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  text.resize(most);
  return text + "...";
}

// A tap names the level at the beginning of its lines, in whatever form.
LogLevel LevelOf(std::string_view line) {
  const std::string_view head = line.substr(0, 80);
  for (const std::string_view word : {"ERROR", "CRITICAL", "FATAL"}) {
    if (head.find(word) != std::string_view::npos) return LogLevel::kError;
  }
  if (head.find("WARN") != std::string_view::npos) return LogLevel::kWarning;
  if (head.find("DEBUG") != std::string_view::npos) return LogLevel::kDebug;
  return LogLevel::kInfo;
}

// Writes the run's files and gives the options that name them.
Result<std::vector<std::string>> WriteFiles(const TapStart& start, const PrivateFolder& files) {
  std::vector<std::string> options;
  TRUEUP_ASSIGN(std::string config, files.Write("config.json", start.config->json));
  options.insert(options.end(), {"--config", std::move(config)});
  if (start.discover) options.emplace_back("--discover");
  if (!start.catalog.empty()) {
    TRUEUP_ASSIGN(std::string catalog, files.Write("catalog.json", start.catalog));
    options.insert(options.end(), {start.catalog_option, std::move(catalog)});
  }
  if (!start.state.empty()) {
    TRUEUP_ASSIGN(std::string state, files.Write("state.json", start.state));
    options.insert(options.end(), {"--state", std::move(state)});
  }
  return options;
}

}  // namespace

Result<std::unique_ptr<Tap>> Tap::Start(const TapStart& start) {
  std::unique_ptr<Tap> tap(new Tap(start));
  TRUEUP_ASSIGN(tap->files_, PrivateFolder::Make());
  TRUEUP_ASSIGN(const auto options, WriteFiles(start, *tap->files_));
  ChildCommand command{start.command, start.config->environment, start.folder};
  command.arguments.insert(command.arguments.end(), options.begin(), options.end());
  TRUEUP_ASSIGN(tap->child_, ChildProcess::Start(command));
  return tap;
}

Error Tap::LineError(const std::string& message) const {
  const std::string shown =
      Shortened(config_.mask.Hide(std::string(line_.substr(0, kLongestError))), kShownLine);
  return {ErrorKind::kInvalid,
          "line " + std::to_string(line_number_) + ": " + message + "; the line is: " + shown};
}

Error Tap::TooLong() const {
  return LineError("longer than max_line, " + std::to_string(limits_.line) + " bytes");
}

Error Tap::Died(const std::string& how) const {
  std::string text = name_ + " " + how;
  if (last_errors_.empty()) text += " and said nothing on its standard error";
  for (const std::string& line : last_errors_) {
    text += (&line == &last_errors_.front() ? "; it last said: " : " | ") + line;
  }
  return {ErrorKind::kTransient, text};
}

Result<std::optional<std::string_view>> Tap::NextLine(std::stop_token stop) {
  for (;;) {
    while (FindLine()) {
      if (line_.size() > limits_.line) return TooLong();
      if (!IsBlank(line_)) return std::optional(line_);
    }
    if (output_.out.size() - line_begin_ > limits_.line) {
      line_ = std::string_view(output_.out).substr(line_begin_);
      ++line_number_;
      return TooLong();
    }
    TRUEUP_ASSIGN(const bool more, ReadMore(stop));
    if (more) continue;
    // What a tap that died left behind is no message: how it ended comes first.
    TRUEUP_RETURN_IF_ERROR(Finish(stop));
    if (output_.out.size() == line_begin_) return std::optional<std::string_view>();
    output_.out += '\n';
  }
}

// Steps to the next line that is there as a whole.
bool Tap::FindLine() {
  const size_t end = output_.out.find('\n', searched_);
  if (end == std::string::npos) {
    searched_ = output_.out.size();
    return false;
  }
  line_ = std::string_view(output_.out).substr(line_begin_, end - line_begin_);
  line_begin_ = searched_ = end + 1;
  ++line_number_;
  return true;
}

// False where the standard output has ended.
Result<bool> Tap::ReadMore(std::stop_token stop) {
  if (output_.out_ended) return false;
  output_.out.erase(0, line_begin_);
  searched_ -= line_begin_;
  line_begin_ = 0;
  line_ = {};
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(limits_.run - waited_);
  const auto wait = std::clamp(left, std::chrono::milliseconds(0), limits_.silence);
  const auto before = clock_->Elapsed();
  TRUEUP_ASSIGN(const bool any, child_->Read(output_, wait, stop));
  waited_ += clock_->Elapsed() - before;
  LogErrors(output_.err_ended);
  if (waited_ >= limits_.run) return Died("was ended: it took longer than run_timeout");
  if (!any) return Died("was ended: it said nothing for as long as silence_timeout");
  return true;
}

// Waits for the end and judges it.
Status Tap::Finish(std::stop_token stop) {
  const auto begun = clock_->Elapsed();
  while (!output_.err_ended) {
    TRUEUP_ASSIGN(const bool any, child_->Read(output_, limits_.exit, stop));
    LogErrors(output_.err_ended);
    if (!any || clock_->Elapsed() - begun >= limits_.exit) break;
  }
  TRUEUP_ASSIGN(const auto end, child_->Wait(limits_.exit, stop));
  LogErrors(true);
  if (!end) return Died("was ended: it lived on after it had closed its output");
  if (!end->ok()) return Died(end->ToText());
  return {};
}

// Logs the lines of stderr that are whole; with `all` also the last one. Of one that is too long
// the rest is left out: its pieces could hold half a secret, which nobody would know for one.
void Tap::LogErrors(bool all) {
  std::string& text = output_.err;
  size_t begin = 0;
  for (size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    if (!skipping_error_) LogErrorLine(std::string_view(text).substr(begin, end - begin));
    skipping_error_ = false;
    begin = end + 1;
  }
  text.erase(0, begin);
  if (!all && text.size() <= kLongestError) return;
  if (!skipping_error_) LogErrorLine(text);
  skipping_error_ = true;
  text.clear();
}

void Tap::LogErrorLine(std::string_view line) {
  if (IsBlank(line)) return;
  std::string shown = config_.mask.Hide(std::string(line));
  std::replace_if(
      shown.begin(), shown.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  shown = Shortened(std::move(shown), kLoggedLine);
  Log(LevelOf(shown), "singer", log_subject_ + ": " + name_ + ": " + shown);
  last_errors_.push_back(Shortened(std::move(shown), kShownError));
  if (last_errors_.size() > kLastErrors) last_errors_.pop_front();
}

}  // namespace trueup::connectors::singer
