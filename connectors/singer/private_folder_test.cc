#include "connectors/singer/private_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "base/testing/child.h"

namespace trueup::connectors::singer {
namespace {

namespace fs = std::filesystem;

mode_t ModeOf(const std::string& path) {
  struct stat about {};
  EXPECT_EQ(::stat(path.c_str(), &about), 0);
  return about.st_mode & 0777;
}

TEST(PrivateFolder, IsForOurEyesOnlyAndGoes) {
  std::string path;
  {
    const auto folder = PrivateFolder::Make();
    ASSERT_TRUE(folder.ok()) << folder.error().message();
    const auto file = (*folder)->Write("config.json", "{}");
    ASSERT_TRUE(file.ok());
    EXPECT_EQ(*ReadFile(*file), "{}");
    EXPECT_EQ(ModeOf(*file), 0600U);
    path = fs::path(*file).parent_path().string();
    EXPECT_EQ(ModeOf(path), 0700U);
    EXPECT_FALSE((*folder)->Write("config.json", "again").ok());
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(PrivateFolder, ClearsAwayWhatAKilledProcessLeft) {
  uint64_t left_by = 0;
  {
    // Makes one, says so, and is killed before it can remove it.
    Child child([](const auto& say) {
      const auto folder = PrivateFolder::Make();
      if (folder.ok()) say(static_cast<uint64_t>(::getpid()));
      ::pause();
    });
    ASSERT_TRUE(child.Hear(left_by));
  }
  const auto count = [&] {
    const std::string prefix = "trueup-singer-" + std::to_string(left_by) + "-";
    int found = 0;
    for (const auto& entry : fs::directory_iterator(fs::temp_directory_path())) {
      if (entry.path().filename().string().starts_with(prefix)) ++found;
    }
    return found;
  };
  EXPECT_EQ(count(), 1);
  ASSERT_TRUE(PrivateFolder::Make().ok());
  EXPECT_EQ(count(), 0);
}

}  // namespace
}  // namespace trueup::connectors::singer
