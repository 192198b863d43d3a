#pragma once

#include <string>
#include <string_view>

namespace trueup::pipeline {

// The topic of a system's change events, and that of decisions.
std::string SourceTopic(std::string_view system);
inline constexpr const char* kDecisionsTopic = "decisions";
// Over Kafka: which systems were read to their end once.
inline constexpr const char* kPullsTopic = "pulls";
// Over Kafka: up to where each object of each system was pulled.
inline constexpr const char* kCursorsTopic = "cursors";
// Over Kafka: how the audit of each object of each system stands.
inline constexpr const char* kAuditRecordsTopic = "audit_records";

}  // namespace trueup::pipeline
