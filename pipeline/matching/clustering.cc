#include "pipeline/matching/clustering.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace trueup::pipeline {
namespace {

// One very good or very bad pair must not outvote all others.
constexpr double kLeastScore = -10;
constexpr double kMostScore = 12;
// A cluster's average may be this share of what a single pair needs: its members lack different
// attributes.
constexpr double kAverageShare = 0.5;

class Averaged {
 public:
  explicit Averaged(const ClusterInput& input)
      : input_(input),
        size_(input.size),
        cluster_(size_),
        members_(size_),
        sums_(size_ * size_),
        apart_(size_ * size_) {
    std::iota(cluster_.begin(), cluster_.end(), size_t{0});
    for (size_t i = 0; i < size_; ++i) members_[i] = {i};
    for (size_t a = 0; a < size_; ++a) {
      for (size_t b = a + 1; b < size_; ++b) {
        Sum(a, b) = Sum(b, a) = std::clamp(input.score(a, b), kLeastScore, kMostScore);
        Apart(a, b) = Apart(b, a) = input.apart(a, b);
      }
    }
  }

  std::vector<size_t> Run() {
    for (size_t a = 0; a < size_; ++a) {
      for (size_t b = a + 1; b < size_; ++b) {
        const size_t x = cluster_[a];
        const size_t y = cluster_[b];
        if (x != y && input_.same(a, b) && Apart(x, y) == 0) Join(std::min(x, y), std::max(x, y));
      }
    }
    while (JoinBest()) {
    }
    return cluster_;
  }

 private:
  double& Sum(size_t a, size_t b) { return sums_[a * size_ + b]; }
  char& Apart(size_t a, size_t b) { return apart_[a * size_ + b]; }

  bool JoinBest() {
    double best = input_.match * kAverageShare;
    size_t from = size_;
    size_t into = size_;
    for (size_t a = 0; a < size_; ++a) {
      if (members_[a].empty()) continue;
      for (size_t b = a + 1; b < size_; ++b) {
        if (members_[b].empty() || Apart(a, b) != 0) continue;
        const bool single = members_[a].size() == 1 && members_[b].size() == 1;
        const double average =
            Sum(a, b) / static_cast<double>(members_[a].size() * members_[b].size());
        if ((single && average < input_.match) || average < best ||
            (average == best && into != size_)) {
          continue;
        }
        best = average;
        into = a;
        from = b;
      }
    }
    if (into == size_) return false;
    Join(into, from);
    return true;
  }

  void Join(size_t into, size_t from) {
    for (const size_t member : members_[from]) cluster_[member] = into;
    members_[into].insert(members_[into].end(), members_[from].begin(), members_[from].end());
    members_[from].clear();
    for (size_t other = 0; other < size_; ++other) {
      if (members_[other].empty() || other == into) continue;
      Sum(into, other) += Sum(from, other);
      Sum(other, into) = Sum(into, other);
      Apart(into, other) = Apart(other, into) = Apart(into, other) | Apart(from, other);
    }
  }

  const ClusterInput& input_;
  const size_t size_;
  std::vector<size_t> cluster_;
  std::vector<std::vector<size_t>> members_;
  std::vector<double> sums_;
  std::vector<char> apart_;
};

// For components that are too large to average: the best links first.
std::vector<size_t> ByLinks(const ClusterInput& input) {
  std::vector<std::tuple<double, size_t, size_t>> links;
  for (size_t a = 0; a < input.size; ++a) {
    for (size_t b = a + 1; b < input.size; ++b) {
      const bool same = input.same(a, b);
      const double score = same ? kMostScore * 2 : input.score(a, b);
      if (score >= input.match) links.emplace_back(-score, a, b);
    }
  }
  std::sort(links.begin(), links.end());
  std::vector<size_t> cluster(input.size);
  std::vector<std::vector<size_t>> members(input.size);
  for (size_t i = 0; i < input.size; ++i) {
    cluster[i] = i;
    members[i] = {i};
  }
  for (const auto& [score, a, b] : links) {
    const size_t into = std::min(cluster[a], cluster[b]);
    const size_t from = std::max(cluster[a], cluster[b]);
    const bool apart =
        into == from || std::any_of(members[into].begin(), members[into].end(), [&](size_t x) {
          return std::any_of(members[from].begin(), members[from].end(),
                             [&](size_t y) { return input.apart(x, y); });
        });
    if (apart) continue;
    for (const size_t member : members[from]) cluster[member] = into;
    members[into].insert(members[into].end(), members[from].begin(), members[from].end());
    members[from].clear();
  }
  return cluster;
}

}  // namespace

std::vector<size_t> Cluster(const ClusterInput& input) {
  return input.size > kAveragedMembers ? ByLinks(input) : Averaged(input).Run();
}

}  // namespace trueup::pipeline
