#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/file.h"

namespace trueup {

// A file of the source tree that is made by a test: one that fails has written it anew.
inline void ExpectGenerated(const std::string& path_in_tree, const std::string& expected) {
  const std::string path = std::string(TRUEUP_SOURCE_DIR) + "/" + path_in_tree;
  const auto there = ReadFile(path);
  if (there.ok() && *there == expected) return;
  ADD_FAILURE() << path << " was out of date";
  EXPECT_TRUE(WriteFileAtomically(path, expected).ok());
}

}  // namespace trueup
