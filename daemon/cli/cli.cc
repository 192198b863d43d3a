#include "daemon/cli/cli.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/output.h"
#include "daemon/core_files.h"
#include "daemon/run.h"
#include "daemon/sources.h"

namespace trueup::daemon {
namespace {

using Formats = std::vector<std::pair<std::string, Format>>;

const Formats kListingFormats{{"text", Format::kText},
                              {"json", Format::kJson},
                              {"jsonl", Format::kJsonl},
                              {"csv", Format::kCsv}};
const Formats kReportFormats{
    {"text", Format::kText}, {"json", Format::kJson}, {"html", Format::kHtml}};

struct Arguments {
  std::string config_file = "trueup.yaml";
  Format format = Format::kText;
  std::string out;
  std::string subject;
  std::string term;
  std::string other;
  RunOptions run;
  AuditOptions audit;
  reports::FindingFilter findings;
  reports::AccountFilter accounts;
  reports::Page page;
};

// What the parsed command line asks for: something to show, or work to do.
struct Command {
  std::function<Result<Shown>(const config::Config&, size_t width)> show;
  std::function<Status(const config::Config&)> work;
};

void PrintError(const Error& error) {
  // Problems of files come with their place and say "error" themselves.
  const bool has_place = error.message().find(": error: ") != std::string::npos;
  std::fprintf(stderr, "%s%s\n", has_place ? "" : "trueup: ", error.message().c_str());
}

int ExitCodeOf(const Error& error) {
  return error.kind() == ErrorKind::kInvalid ? kUsage : kFoundFailure;
}

Status WriteOutput(const std::string& text, const std::string& file) {
  if (!file.empty()) return WriteFileAtomically(file, text);
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0) {
    return Error(ErrorKind::kTransient, "cannot write to standard output");
  }
  return {};
}

Result<config::Config> LoadConfig(const std::string& file) {
  Problems problems;
  config::Config config = config::Load(file, problems);
  // Who has to mend it wants to hear of everything at once.
  if (!problems.empty() && !config.mappings.empty()) {
    MakeSources(config, std::make_shared<SystemClock>(), problems);
  }
  TRUEUP_RETURN_IF_ERROR(problems.ToStatus());
  AllowCoreFiles(config.core_files);
  return config;
}

// Declares the commands; the one that is given on the command line fills in `command`.
class CommandLine {
 public:
  CommandLine() {
    app_.set_version_flag("--version", TRUEUP_VERSION);
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.footer(
        "Every command takes --config, before or behind its name. Exit codes: 0 fine, 1 the work "
        "found\na failure, 2 wrong usage or config.");
    app_.add_option("--config", args_.config_file, "file of the config")->capture_default_str();
    AddWork();
    AddProofs();
    AddListings();
    AddAnswers();
  }

  // The exit code, where the command line itself is the end of it (help, version, wrong usage).
  std::optional<int> Parse(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      if (const auto word = UnknownCommand()) return Fail(NoCommand(*word));
      return app_.exit(error) == 0 ? kFine : kUsage;
    }
    return std::nullopt;
  }

  int Run() const {
    // `check` loads the config by itself, to report all that is wrong in every file at once.
    if (check_) return Show(ShowCheck(args_.config_file));
    const auto config = LoadConfig(args_.config_file);
    if (!config.ok()) return Fail(config.error());
    if (command_.show) return Show(command_.show(*config, OutputWidth()));
    const Status done = command_.work(*config);
    return done.ok() ? kFine : Fail(done.error());
  }

 private:
  // The word that stands where a command should, where none of them was recognised.
  std::optional<std::string> UnknownCommand() const {
    if (!app_.get_subcommands().empty()) return std::nullopt;
    for (const std::string& word : app_.remaining()) {
      if (!word.starts_with('-')) return word;
    }
    return std::nullopt;
  }

  Error NoCommand(const std::string& word) const {
    std::vector<std::string> names;
    for (const CLI::App* command : app_.get_subcommands({})) names.push_back(command->get_name());
    const std::string hint = DidYouMean(word, names);
    return Error(ErrorKind::kInvalid, "there is no command \"" + word + "\"; " +
                                          (hint.empty() ? "trueup --help lists them" : hint));
  }

  static int Fail(const Error& error) {
    PrintError(error);
    return ExitCodeOf(error);
  }

  int Show(const Result<Shown>& shown) const {
    if (!shown.ok()) return Fail(shown.error());
    const Status written = WriteOutput(Render(*shown, args_.format, OutputWidth()), args_.out);
    return written.ok() ? shown->exit_code : Fail(written.error());
  }

  Instant Now() const { return clock_.Now(); }

  CLI::App* Add(const std::string& name, const std::string& help, Command command) {
    CLI::App* sub = app_.add_subcommand(name, help);
    sub->callback([this, command = std::move(command)] { command_ = command; });
    return sub;
  }

  CLI::App* AddShow(const std::string& name, const std::string& help,
                    std::function<Result<Shown>(const config::Config&, size_t)> show,
                    const Formats& formats = kListingFormats) {
    CLI::App* sub = Add(name, help, {std::move(show), {}});
    AddFormat(sub, formats);
    return sub;
  }

  void AddFormat(CLI::App* sub, const Formats& formats) {
    std::vector<std::string> names;
    for (const auto& [name, format] : formats) names.push_back(name);
    const auto choose = [this, &formats](const std::string& chosen) {
      for (const auto& [name, format] : formats) {
        if (name == chosen) args_.format = format;
      }
    };
    sub->add_option_function<std::string>("--format", choose, "how to show it")
        ->check(CLI::IsMember(names))
        ->default_str(names.front());
  }

  void AddPage(CLI::App* sub) {
    sub->add_option("--limit", args_.page.limit, "at most so many; 0: all")->capture_default_str();
    sub->add_option("--offset", args_.page.offset, "leave out so many first")
        ->capture_default_str();
  }

  void AddWork() {
    CLI::App* run = Add("run", "pull the systems and keep the accounts up to date, until SIGTERM",
                        {{}, [this](const config::Config& c) { return RunDaemon(c, args_.run); }});
    run->add_flag("--once", args_.run.once, "one full cycle, then exit");
    run->add_flag("--snapshot", args_.run.snapshot,
                  "read every record again, not only what changed");
    Add("rebuild", "build the state anew from the stored rows and decisions", {{}, RebuildState});
    CLI::App* check =
        app_.add_subcommand("check", "say everything that is wrong with config and mappings");
    check->callback([this] { check_ = true; });
    AddFormat(check, kListingFormats);
    AddShow("topics",
            "make the topics of a log over Kafka; exit code 1 where one is not as it must be",
            [](const config::Config& c, size_t) { return ShowTopics(c); });
  }

  void AddProofs() {
    AddShow("status", "how the daemon and each system are; exit code 1 where something is wrong",
            [this](const config::Config& c, size_t width) { return ShowStatus(c, Now(), width); });
    CLI::App* audit = AddShow(
        "audit",
        "compare counts and ids of every object with its source; exit code 1 on a difference",
        [this](const config::Config& c, size_t width) { return ShowAudit(c, args_.audit, width); });
    audit->add_flag("--repair", args_.audit.repair,
                    "deliver what differs, so that the next run mends it; not while a daemon runs");
    audit->add_flag(
        "--contents", args_.audit.contents,
        "compare the contents of all rows too; where the API budget ends that, the next "
        "one goes on from there");
    AddShow("digest", "the hash of the reconciled state, to compare two of them",
            [](const config::Config& c, size_t) { return ShowDigest(c); });
  }

  void AddListings() {
    CLI::App* findings = AddShow("findings", "what is wrong, who owns it, since when",
                                 [this](const config::Config& c, size_t width) {
                                   return ShowFindings(c, args_.findings, args_.page, Now(), width);
                                 });
    findings->add_option("--kind", args_.findings.kind, "only this kind: gap, conflict, ...");
    findings->add_option("--owner", args_.findings.owner, "only those of this team");
    findings->add_option("--severity", args_.findings.severity, "only those of this severity")
        ->check(CLI::IsMember({"low", "medium", "high"}));
    findings->add_option("--account", args_.findings.account,
                         "only those of this account: its id or a record (system/object/id)");
    findings->add_option("--status", args_.findings.status, "only those that are so now")
        ->check(CLI::IsMember({"open", "pending", "closed", "all"}))
        ->capture_default_str();
    AddPage(findings);
    CLI::App* accounts = AddShow("accounts", "the reconciled accounts",
                                 [this](const config::Config& c, size_t width) {
                                   return ShowAccounts(c, args_.accounts, args_.page, Now(), width);
                                 });
    accounts->add_option("--stage", args_.accounts.stage, "only those at this stage");
    accounts->add_option("--name", args_.accounts.text, "only those with this in their name");
    accounts->add_flag("--with-findings", args_.accounts.with_findings,
                       "only those with an open finding");
    AddPage(accounts);
  }

  void AddAnswers() {
    CLI::App* report = AddShow(
        "report", "the reconciliation report",
        [this](const config::Config& c, size_t width) { return ShowReport(c, Now(), width); },
        kReportFormats);
    report->add_option("--out", args_.out, "write to this file instead of standard output");
    CLI::App* account = AddShow("account", "one account, with where each value comes from",
                                [this](const config::Config& c, size_t width) {
                                  return ShowAccount(c, args_.subject, Now(), width);
                                });
    account->add_option("id", args_.subject, "account id or record (system/object/id)")->required();
    CLI::App* explain =
        AddShow("explain", "why a term of an account has its value",
                [this](const config::Config& c, size_t width) {
                  return ShowExplanation(c, args_.subject, args_.term, Now(), width);
                });
    explain->add_option("id", args_.subject, "account id or record (system/object/id)")->required();
    explain->add_option("term", args_.term, "term of the glossary")->required();
    CLI::App* compare = AddShow("compare", "why two account records are, or are not, one customer",
                                [this](const config::Config& c, size_t) {
                                  return ShowComparison(c, args_.subject, args_.other);
                                });
    compare->add_option("a", args_.subject, "record (system/object/id)")->required();
    compare->add_option("b", args_.other, "record (system/object/id)")->required();
  }

  const SystemClock clock_;
  Arguments args_;
  Command command_;
  bool check_ = false;
  CLI::App app_{
      "Keeps one reconciled account for every customer that CRM, ERP and operations know.",
      "trueup"};
};

}  // namespace

int RunCli(int argc, const char* const* argv) {
  AllowCoreFiles(false);  // before any secret is read
  CommandLine line;
  if (const auto end = line.Parse(argc, argv)) return *end;
  return line.Run();
}

}  // namespace trueup::daemon
