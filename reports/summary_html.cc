#include "reports/summary.h"
#include "reports/table.h"

namespace trueup::reports {
namespace {

constexpr const char* kHead = R"html(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Reconciliation report</title><style>
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5c6878;--line:#dde3ea;--page:#f6f8fa;--card:#fff;--accent:#1f6feb;--bad:#c4314b}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf2;--soft:#98a5b5;--line:#2c3644;--page:#10151c;--card:#18202a;--accent:#6ea8fe;--bad:#ff8095}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:32px 20px}h1{font-size:26px;margin:0}h2{font-size:17px;margin:32px 0 10px}
.soft{color:var(--soft)}.tiles{display:flex;flex-wrap:wrap;gap:12px;margin:20px 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 18px;min-width:130px}.tile b{display:block;font-size:24px;font-variant-numeric:tabular-nums}
table{width:100%;border-collapse:collapse;background:var(--card);border:1px solid var(--line)}
th,td{padding:7px 12px;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}th{color:var(--soft);font-weight:600;cursor:pointer;white-space:nowrap}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}code{font-size:12px;color:var(--soft);overflow-wrap:anywhere}
details{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:10px 16px;margin:8px 0}summary{cursor:pointer;font-weight:600}li{margin:8px 0}
.bar{display:inline-block;width:90px;height:7px;border-radius:4px;background:var(--line);margin-right:10px;vertical-align:middle}.bar i{display:block;height:100%;border-radius:4px;background:var(--accent)}.bar.low i{background:var(--bad)}
@media print{body{background:#fff;font-size:11px}main{padding:0;max-width:none}tr,details,.tile{break-inside:avoid}}
</style></head><body><main>
)html";

// Sorts a table by the column whose head is clicked; again: the other way round.
constexpr const char* kScript = R"html(<script>
document.querySelectorAll('th').forEach(h=>h.onclick=()=>{const t=h.closest('table'),i=h.cellIndex,b=t.tBodies[0],d=h.dataset.up=h.dataset.up==='1'?'':'1';
const v=r=>r.cells[i].dataset.v??r.cells[i].textContent;
[...b.rows].sort((x,y)=>v(x).localeCompare(v(y),undefined,{numeric:true})*(d?1:-1)).forEach(r=>b.append(r))});
addEventListener('beforeprint',()=>document.querySelectorAll('details').forEach(d=>d.open=true));
</script></main></body></html>
)html";

std::string Escape(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      default: safe.push_back(c);
    }
  }
  return safe;
}

std::string Number(int64_t number) { return std::to_string(number); }

std::string Tile(int64_t number, const std::string& what) {
  return "<div class=\"tile\"><b>" + Number(number) + "</b><span class=\"soft\">" + Escape(what) +
         "</span></div>";
}

// A cell that is HTML already, with the value that it is sorted by.
struct Cell {
  std::string html;
  std::string value;
};
Cell TextCell(const std::string& text) { return {Escape(text), text}; }

std::string TableHtml(const std::string& title, const std::vector<Table::Column>& columns,
                      const std::vector<std::vector<Cell>>& rows) {
  if (rows.empty()) return {};
  std::string html = "<h2>" + Escape(title) + "</h2><table><thead><tr>";
  for (const auto& column : columns) {
    html +=
        std::string("<th") + (column.right ? " class=\"n\">" : ">") + Escape(column.name) + "</th>";
  }
  html += "</tr></thead><tbody>\n";
  for (const auto& row : rows) {
    html += "<tr>";
    for (size_t i = 0; i < row.size(); ++i) {
      html += std::string("<td") + (columns[i].right ? " class=\"n\"" : "") + " data-v=\"" +
              Escape(row[i].value) + "\">" + row[i].html + "</td>";
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table>\n";
}

Cell AgeCell(const std::optional<Instant>& since, Instant now) {
  if (!since || *since > now) return TextCell("-");
  return {FormatDuration(now - *since), Number((now - *since).count())};
}

Cell ShareCell(int64_t part, int64_t whole) {
  constexpr int64_t kTarget = 95;  // per cent, design section 7
  const int64_t percent = whole == 0 ? 0 : part * 100 / whole;
  const std::string bar = std::string("<span class=\"bar") + (percent < kTarget ? " low" : "") +
                          "\"><i style=\"width:" + Number(percent) + "%\"></i></span>";
  return {bar + PercentText(part, whole), Number(whole == 0 ? 0 : part * 10'000 / whole)};
}

std::string Kinds(const Summary& summary) {
  std::vector<std::vector<Cell>> rows;
  for (const auto& kind : summary.kinds) {
    rows.push_back({TextCell(kind.kind), TextCell(Number(kind.open)), TextCell(Number(kind.high)),
                    AgeCell(kind.oldest, summary.as_of), TextCell(Join(kind.owners, ", ")),
                    TextCell(AdviceFor(kind.kind))});
  }
  return TableHtml(
      "Open findings by kind",
      {{"finding"}, {"open", true}, {"high", true}, {"oldest", true}, {"owner"}, {"what to do"}},
      rows);
}

std::string Owners(const Summary& summary) {
  std::vector<std::vector<Cell>> rows;
  for (const auto& owner : summary.owners) {
    rows.push_back({TextCell(owner.owner), TextCell(Number(owner.open)),
                    TextCell(Number(owner.overdue)), AgeCell(owner.oldest, summary.as_of)});
  }
  return TableHtml("By owner", {{"owner"}, {"open", true}, {"overdue", true}, {"oldest", true}},
                   rows);
}

std::string Completeness(const Summary& summary) {
  std::vector<std::vector<Cell>> rows;
  for (const auto& item : summary.completeness) {
    rows.push_back({TextCell(item.gate), TextCell(item.term), TextCell(item.owner),
                    TextCell(Number(item.accounts)), ShareCell(item.filled, item.accounts)});
  }
  return TableHtml("Completeness at the gates (target 95 %)",
                   {{"gate"}, {"term"}, {"owner"}, {"accounts", true}, {"complete", true}}, rows);
}

std::string Worst(const Summary& summary) {
  std::vector<std::vector<Cell>> rows;
  for (const auto& account : summary.worst) {
    rows.push_back({TextCell(account.name),
                    TextCell(account.stage),
                    TextCell(Number(account.findings)),
                    {"<code>" + Escape(account.id) + "</code>", account.id}});
  }
  return TableHtml("Accounts with most to settle",
                   {{"name"}, {"stage"}, {"findings", true}, {"account"}}, rows);
}

std::string Examples(const Summary& summary) {
  std::string html = summary.kinds.empty() ? "" : "<h2>Examples</h2>\n";
  for (const auto& kind : summary.kinds) {
    html += "<details" + std::string(&kind == &summary.kinds.front() ? " open" : "") +
            "><summary>" + Escape(kind.kind) + "</summary><ul>\n";
    for (const Finding& finding : kind.examples) {
      html += "<li>" + Escape(finding.reason) + "<br><code>" + Escape(finding.id) + " &middot; " +
              Escape(Join(finding.refs, " · ")) + "</code></li>\n";
    }
    html += "</ul></details>\n";
  }
  return html;
}

}  // namespace

std::string SummaryHtml(const Summary& summary) {
  std::string html = kHead;
  html += "<h1>Reconciliation report</h1><p class=\"soft\">as of " + FormatSecond(summary.as_of) +
          "</p><div class=\"tiles\">" + Tile(summary.accounts, "accounts") +
          Tile(summary.open, "open findings") + Tile(summary.closed, "closed findings");
  for (const auto& system : summary.systems) html += Tile(system.members, system.name + " records");
  html += "</div>\n" + Kinds(summary) + Owners(summary) + Completeness(summary) + Worst(summary) +
          Examples(summary);
  return html + kScript;
}

}  // namespace trueup::reports
