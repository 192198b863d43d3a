#include "reports/summary.h"
#include "reports/table.h"

namespace trueup::reports {
namespace {

std::string AgeText(const std::optional<Instant>& since, Instant now) {
  return since && *since <= now ? FormatDuration(now - *since) : "-";
}

std::string Number(int64_t number) { return std::to_string(number); }

void Section(std::string& out, const std::string& title, const Table& table, size_t width) {
  if (!table.rows.empty()) out += "\n" + title + "\n\n" + ToText(table, width);
}

void Examples(std::string& out, const Summary& summary) {
  for (const auto& kind : summary.kinds) {
    out += "\n" + kind.kind + ": " + AdviceFor(kind.kind) + "\n";
    for (const Finding& finding : kind.examples) {
      out +=
          "  " + finding.id + "  " + finding.reason + "\n      " + Join(finding.refs, " ") + "\n";
    }
  }
}

}  // namespace

std::string SummaryText(const Summary& summary, size_t width) {
  std::string out = "Reconciliation report, " + FormatSecond(summary.as_of) + "\n\n" +
                    Number(summary.accounts) + " accounts, " + Number(summary.open) +
                    " open findings, " + Number(summary.closed) + " closed\n";
  Table kinds{{{"finding"}, {"open", true}, {"high", true}, {"oldest", true}, {"owner"}}, {}};
  for (const auto& kind : summary.kinds) {
    kinds.rows.push_back({kind.kind, Number(kind.open), Number(kind.high),
                          AgeText(kind.oldest, summary.as_of), Join(kind.owners, ", ")});
  }
  Section(out, "Open findings by kind", kinds, width);
  Table owners{{{"owner"}, {"open", true}, {"overdue", true}, {"oldest", true}}, {}};
  for (const auto& owner : summary.owners) {
    owners.rows.push_back({owner.owner, Number(owner.open), Number(owner.overdue),
                           AgeText(owner.oldest, summary.as_of)});
  }
  Section(out, "By owner", owners, width);
  Table complete{{{"gate"}, {"term"}, {"owner"}, {"accounts", true}, {"complete", true}}, {}};
  for (const auto& item : summary.completeness) {
    complete.rows.push_back({item.gate, item.term, item.owner, Number(item.accounts),
                             PercentText(item.filled, item.accounts)});
  }
  Section(out, "Completeness at the gates", complete, width);
  Table worst{{{"account"}, {"name"}, {"stage"}, {"findings", true}}, {}};
  for (const auto& account : summary.worst) {
    worst.rows.push_back({account.id, account.name, account.stage, Number(account.findings)});
  }
  Section(out, "Accounts with most to settle", worst, width);
  Table systems{{{"system"}, {"records", true}}, {}};
  for (const auto& system : summary.systems) {
    systems.rows.push_back({system.name, Number(system.members)});
  }
  Section(out, "Account records by system", systems, width);
  if (!summary.kinds.empty()) out += "\nExamples, and what to do next\n";
  Examples(out, summary);
  return out + "\nNext: trueup findings --kind KIND, trueup account ID, trueup explain ID TERM\n";
}

}  // namespace trueup::reports
