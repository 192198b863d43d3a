#include "daemon/monitor/open_metrics.h"

#include <cmath>
#include <cstdio>

namespace trueup::daemon {
namespace {

std::string_view TypeName(MetricFamily::Type type) {
  switch (type) {
    case MetricFamily::Type::kGauge: return "gauge";
    case MetricFamily::Type::kCounter: return "counter";
    case MetricFamily::Type::kInfo: return "info";
    case MetricFamily::Type::kStateSet: return "stateset";
  }
  return "unknown";
}

std::string_view SampleSuffix(MetricFamily::Type type) {
  if (type == MetricFamily::Type::kCounter) return "_total";
  if (type == MetricFamily::Type::kInfo) return "_info";
  return "";
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '"') escaped += '\\';
    if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// Counts as whole numbers, the rest to the millionth.
std::string NumberText(double value) {
  char text[64];
  std::snprintf(text, sizeof(text), value == std::floor(value) ? "%.0f" : "%.6f", value);
  return text;
}

}  // namespace

std::string MetricFamily::full_name() const {
  std::string full = "trueup_" + std::string(name);
  if (!unit.empty()) full += "_" + std::string(unit);
  return full;
}

void OpenMetricsWriter::Begin(const MetricFamily& family) {
  const std::string name = family.full_name();
  text_ += "# TYPE " + name + " " + std::string(TypeName(family.type)) + "\n";
  if (!family.unit.empty()) text_ += "# UNIT " + name + " " + std::string(family.unit) + "\n";
  text_ += "# HELP " + name + " " + Escaped(family.help) + "\n";
  sample_name_ = name + std::string(SampleSuffix(family.type));
}

void OpenMetricsWriter::Sample(const MetricLabels& labels, double value) {
  text_ += sample_name_;
  char separator = '{';
  for (const auto& [name, label] : labels) {
    text_ += separator + std::string(name) + "=\"" + Escaped(label) + "\"";
    separator = ',';
  }
  if (!labels.empty()) text_ += '}';
  text_ += " " + NumberText(value) + "\n";
}

std::string OpenMetricsWriter::Take() { return std::move(text_) + "# EOF\n"; }

}  // namespace trueup::daemon
