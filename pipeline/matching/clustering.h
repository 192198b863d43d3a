#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace trueup::pipeline {

// How the members of a component relate; asked by position.
struct ClusterInput {
  size_t size = 0;  // members, in an order that does not depend on how they arrived
  std::function<double(size_t a, size_t b)> score;  // log2 odds
  std::function<bool(size_t a, size_t b)> same;     // settled by a person: together
  std::function<bool(size_t a, size_t b)> apart;    // a rule or a person keeps them apart
  double match = 0;                                 // two members join from here on
};

// Components larger than this are joined link by link in order of score, without averages.
inline constexpr size_t kAveragedMembers = 200;

// Groups the members of one component: what a person settled first, then the pair of clusters with
// the best average score, as long as it is good enough and no rule keeps any two of their members
// apart. The average, not the best link, decides, so that a chain of half-good links does not
// swallow everything. A pure function of its input; ties go to the earlier members. For each
// position, the smallest position of its cluster.
std::vector<size_t> Cluster(const ClusterInput& input);

}  // namespace trueup::pipeline
