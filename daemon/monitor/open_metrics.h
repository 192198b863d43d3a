#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trueup::daemon {

using MetricLabels = std::vector<std::pair<std::string_view, std::string_view>>;

// What a family of metrics is, as OpenMetrics has it.
struct MetricFamily {
  enum class Type { kGauge, kCounter, kInfo, kStateSet };

  // "trueup_" comes before it, and the unit, where there is one, behind it.
  std::string_view name;
  Type type;
  std::string_view unit;  // empty: a number of what the name says
  std::string_view help;

  std::string full_name() const;
};

// Writes the OpenMetrics text format, version 1.0.0.
class OpenMetricsWriter {
 public:
  static constexpr const char* kContentType =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  // Begins a family; its samples follow.
  void Begin(const MetricFamily& family);
  // One sample of the family that was begun last.
  void Sample(const MetricLabels& labels, double value);

  std::string Take();

 private:
  std::string text_;
  std::string sample_name_;
};

}  // namespace trueup::daemon
