#include "pipeline/runtime/generation.h"

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <vector>

#include "base/file.h"

namespace trueup::pipeline {
namespace {

namespace fs = std::filesystem;

Error Failure(const std::string& doing, const std::error_code& code) {
  return {ErrorKind::kTransient, "cannot " + doing + ": " + code.message()};
}

}  // namespace

std::string GenerationName(uint64_t number) {
  char name[24];
  std::snprintf(name, sizeof name, "g%06llu", static_cast<unsigned long long>(number));
  return name;
}

Result<std::string> Generations::Current() const {
  const std::string path = folder_ + "/CURRENT";
  if (!fs::exists(path)) return std::string();
  TRUEUP_ASSIGN(std::string name, ReadFile(path));
  while (!name.empty() && name.back() == '\n') name.pop_back();
  return name;
}

Result<std::string> Generations::Next(const std::string& name) {
  uint64_t number = 0;
  if (!name.empty()) {
    const auto read = std::from_chars(name.data() + 1, name.data() + name.size(), number);
    if (name.front() != 'g' || read.ec != std::errc()) {
      return Error(ErrorKind::kCorrupt, "\"" + name + "\" is not the name of a generation");
    }
  }
  return GenerationName(number + 1);
}

Status Generations::Activate(const std::string& name) {
  return WriteFileAtomically(folder_ + "/CURRENT", name + "\n");
}

Status Generations::Sweep() {
  TRUEUP_ASSIGN(const std::string current, Current());
  std::vector<fs::path> leftovers;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder_, failed)) {
    const std::string name = entry.path().filename().string();
    const bool generation = name.size() == 7 && name.front() == 'g' && entry.is_directory();
    if (generation && name != current) leftovers.push_back(entry.path());
  }
  if (failed) return Failure("read folder " + folder_, failed);
  for (const fs::path& leftover : leftovers) {
    fs::remove_all(leftover, failed);
    if (failed) return Failure("remove " + leftover.string(), failed);
  }
  return {};
}

Result<std::string> Generations::SetAside(const std::string& name) {
  std::string target;
  for (int i = 1; target.empty() || fs::exists(target); ++i) {
    target = PathOf(name) + ".damaged-" + std::to_string(i);
  }
  std::error_code failed;
  fs::rename(PathOf(name), target, failed);
  if (failed) return Failure("move " + PathOf(name) + " aside", failed);
  fs::remove(folder_ + "/CURRENT", failed);
  if (failed) return Failure("forget the damaged generation", failed);
  return target;
}

}  // namespace trueup::pipeline
