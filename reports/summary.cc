#include "reports/summary.h"

#include <array>
#include <cstdio>
#include <functional>

namespace trueup::reports {
namespace {

constexpr uint64_t kExamples = 5;
constexpr const char* kOpen = " closed_at IS NULL AND coalesce(active_from, 0) <= ?1 ";

using Visit = std::function<void(const Statement& row)>;

// Runs a query whose parameter 1, where it has one, is the time.
Status Walk(const Database& database, const std::string& sql, Instant now, const Visit& visit) {
  TRUEUP_ASSIGN(Statement rows, database.Prepare(sql));
  if (sql.find("?1") != std::string::npos) rows.Bind(1, ToMicros(now));
  while (true) {
    TRUEUP_ASSIGN(const bool row, rows.Step());
    if (!row) return {};
    visit(rows);
  }
}

std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted.append(c == '\'' ? 2 : 1, c);
  return quoted + "'";
}

std::optional<Instant> OldestOf(const Statement& row, int column) {
  const auto micros = row.OptionalNumber(column);
  return micros ? std::optional<Instant>(FromMicros(*micros)) : std::nullopt;
}

Status CountAll(const Database& database, Instant now, Summary& summary) {
  TRUEUP_RETURN_IF_ERROR(
      Walk(database, "SELECT system, count(*) FROM members WHERE NOT ghost GROUP BY system", now,
           [&](const Statement& row) {
             summary.systems.push_back({row.Text(0), row.Number(1)});
           }));
  TRUEUP_RETURN_IF_ERROR(Walk(database, "SELECT stage, count(*) FROM accounts GROUP BY stage", now,
                              [&](const Statement& row) {
                                summary.stages.push_back({row.Text(0), row.Number(1)});
                                summary.accounts += row.Number(1);
                              }));
  return Walk(database,
              std::string("SELECT count(*) FILTER (WHERE") + kOpen +
                  "), count(closed_at) FROM findings WHERE ?1 IS NOT NULL",
              now, [&](const Statement& row) {
                summary.open = row.Number(0);
                summary.closed = row.Number(1);
              });
}

Status CountKinds(const Database& database, Instant now, Summary& summary) {
  TRUEUP_RETURN_IF_ERROR(
      Walk(database,
           std::string("SELECT kind, count(*), sum(severity='high') high, min(first_seen) "
                       "FROM findings WHERE") +
               kOpen + "GROUP BY kind ORDER BY high DESC, count(*) DESC, kind",
           now, [&](const Statement& row) {
             summary.kinds.push_back(
                 {row.Text(0), row.Number(1), row.Number(2), {}, OldestOf(row, 3), {}});
           }));
  for (Summary::Kind& kind : summary.kinds) {
    TRUEUP_RETURN_IF_ERROR(Walk(database,
                                "SELECT owner FROM findings WHERE kind = " + Quoted(kind.kind) +
                                    " AND" + kOpen + "GROUP BY owner ORDER BY count(*) DESC, owner",
                                now,
                                [&](const Statement& row) { kind.owners.push_back(row.Text(0)); }));
    FindingFilter filter;
    filter.kind = kind.kind;
    TRUEUP_ASSIGN(kind.examples,
                  ListFindings(database, filter, now, {.limit = kExamples, .offset = 0}));
  }
  return Walk(
      database,
      std::string("SELECT owner, count(*), sum(coalesce(due, ?1) < ?1), min(first_seen) FROM "
                  "findings WHERE") +
          kOpen + "GROUP BY owner ORDER BY count(*) DESC, owner",
      now, [&](const Statement& row) {
        summary.owners.push_back({row.Text(0), row.Number(1), row.Number(2), OldestOf(row, 3)});
      });
}

Status CountGate(const Database& database, const GateQuestion& gate, Instant now,
                 Summary& summary) {
  if (gate.required.empty() || gate.stages.empty()) return {};
  std::string sql = "SELECT count(*)";
  for (const auto& required : gate.required) {
    const std::string path = "$.terms." + required.term;
    sql += ", sum(json_extract(document, " + Quoted(path + ".value") + ") IS NOT NULL AND " +
           "json_extract(document, " + Quoted(path + ".invalid") + ") IS NULL)";
  }
  sql += " FROM accounts WHERE stage IN (";
  for (size_t i = 0; i < gate.stages.size(); ++i)
    sql += (i == 0 ? "" : ",") + Quoted(gate.stages[i]);
  sql += ")";
  return Walk(database, sql, now, [&](const Statement& row) {
    for (size_t i = 0; i < gate.required.size(); ++i) {
      summary.completeness.push_back({gate.label, gate.required[i].term, gate.required[i].owner,
                                      row.Number(0), row.Number(static_cast<int>(i) + 1)});
    }
  });
}

}  // namespace

std::vector<GateQuestion> GateQuestions(const mappings::Catalog& catalog) {
  const auto& lifecycle = catalog.lifecycle();
  const auto& terms = catalog.glossary().account().terms;
  std::vector<GateQuestion> questions;
  for (const auto& gate : lifecycle.gates) {
    GateQuestion question{gate.name, gate.label.empty() ? gate.name : gate.label, {}, {}};
    for (size_t i = gate.from; i < lifecycle.stages.size(); ++i) {
      question.stages.push_back(lifecycle.stages[i].name);
    }
    for (const auto& item : gate.items) {
      for (const uint16_t term : item.required) {
        question.required.push_back({terms[term].name, item.owner});
      }
    }
    questions.push_back(std::move(question));
  }
  return questions;
}

Result<Summary> Summarize(const Database& database, const std::vector<GateQuestion>& gates,
                          Instant now) {
  Summary summary;
  summary.as_of = now;
  TRUEUP_RETURN_IF_ERROR(CountAll(database, now, summary));
  TRUEUP_RETURN_IF_ERROR(CountKinds(database, now, summary));
  for (const GateQuestion& gate : gates) {
    TRUEUP_RETURN_IF_ERROR(CountGate(database, gate, now, summary));
  }
  TRUEUP_RETURN_IF_ERROR(Walk(
      database,
      std::string("SELECT a.id, a.name, a.stage, count(*) FROM findings f JOIN accounts a ON "
                  "a.id = f.account WHERE") +
          kOpen + "GROUP BY a.id ORDER BY sum(severity='high') DESC, count(*) DESC, a.id LIMIT 10",
      now, [&](const Statement& row) {
        summary.worst.push_back({row.Text(0), row.Text(1), row.Text(2), row.Number(3)});
      }));
  return summary;
}

std::string PercentText(int64_t part, int64_t whole) {
  if (whole == 0) return "-";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %%",
                100.0 * static_cast<double>(part) / static_cast<double>(whole));
  return text.data();
}

std::string AdviceFor(const std::string& kind) {
  static const std::vector<std::pair<std::string, std::string>> kAdvice{
      {"duplicate", "merge the records in their system; the finding closes by itself"},
      {"possible_duplicate", "decide for each pair whether it is one customer"},
      {"conflict", "correct the system that is wrong; the report names the value that counts now"},
      {"gap", "fill the term in one of the account's records"},
      {"invalid", "correct the value in the record that is named"},
      {"missing_counterpart", "create the account in the system that should know it, or link it"},
      {"orphan", "hang the record on its account, or delete it"},
      {"handoff", "create the missing task, or give it an active owner"},
      {"stalled", "find out what the gate waits for"},
      {"handback", "see why the account went back, or why its terms changed after the gate"},
      {"label_drift", "rename the label, or add it to the glossary's aliases"},
      {"hierarchy", "correct the parent references"},
      {"quarantined", "correct the record, or its mapping"},
      {"sync_gap", "run the audit and look at the system's errors"}};
  for (const auto& [name, advice] : kAdvice) {
    if (name == kind) return advice;
  }
  return "look at the examples";
}

}  // namespace trueup::reports
