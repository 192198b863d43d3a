#include "tests/sandbox/auth/credentials.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace trueup::sandbox {
namespace {

namespace fs = std::filesystem;

// Never readable by others, not even for the moment between creation and chmod.
void WriteSecret(const fs::path& file, const std::string& value) {
  const int handle = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (handle < 0) throw std::runtime_error("cannot write " + file.string());
  const bool written = fchmod(handle, 0600) == 0 && write(handle, value.data(), value.size()) ==
                                                        static_cast<ssize_t>(value.size());
  close(handle);
  if (!written) throw std::runtime_error("cannot write " + file.string());
}

KeyPair LoadOrMake(KeyPair::Kind kind, const std::optional<fs::path>& folder, const char* name) {
  if (!folder) return KeyPair::Generate(kind);
  const fs::path file = *folder / name;
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  if (auto key = KeyPair::FromPem(text.str())) return std::move(*key);
  KeyPair key = KeyPair::Generate(kind);
  WriteSecret(file, key.Pem());
  return key;
}

}  // namespace

Credentials MakeCredentials(uint64_t seed, const std::optional<fs::path>& folder) {
  if (folder) fs::create_directories(*folder);
  Credentials c{
      .salesforce_client_id = "3MVG9" + DerivedSecret(seed, "sf client", 80),
      .salesforce_client_secret = DerivedSecret(seed, "sf secret", 64),
      .salesforce_refresh_token = "5Aep861" + DerivedSecret(seed, "sf refresh", 80),
      .salesforce_username = "integration@northbeam.example",
      .salesforce_jwt_key = LoadOrMake(KeyPair::kRsa2048, folder, "salesforce_jwt_key.pem"),
      .netsuite_account = "1234567_SB1",
      .netsuite_client_id = DerivedSecret(seed, "ns client", 64),
      .netsuite_ec_certificate_id = DerivedSecret(seed, "ns ec certificate", 32),
      .netsuite_ec_key = LoadOrMake(KeyPair::kEcP256, folder, "netsuite_ec_key.pem"),
      .netsuite_ec384_certificate_id = DerivedSecret(seed, "ns ec384 certificate", 32),
      .netsuite_ec384_key = LoadOrMake(KeyPair::kEcP384, folder, "netsuite_ec384_key.pem"),
      .netsuite_ec521_certificate_id = DerivedSecret(seed, "ns ec521 certificate", 32),
      .netsuite_ec521_key = LoadOrMake(KeyPair::kEcP521, folder, "netsuite_ec521_key.pem"),
      .netsuite_rsa_certificate_id = DerivedSecret(seed, "ns rsa certificate", 32),
      .netsuite_rsa_key = LoadOrMake(KeyPair::kRsa2048, folder, "netsuite_rsa_key.pem"),
      .netsuite_consumer_key = DerivedSecret(seed, "ns consumer", 64),
      .netsuite_consumer_secret = DerivedSecret(seed, "ns consumer secret", 64),
      .netsuite_token_id = DerivedSecret(seed, "ns token", 64),
      .netsuite_token_secret = DerivedSecret(seed, "ns token secret", 64),
      .sky_token = DerivedSecret(seed, "sky token", 48),
  };
  if (!folder) return c;
  const std::pair<const char*, const std::string*> values[] = {
      {"salesforce_client_id", &c.salesforce_client_id},
      {"salesforce_client_secret", &c.salesforce_client_secret},
      {"salesforce_refresh_token", &c.salesforce_refresh_token},
      {"salesforce_username", &c.salesforce_username},
      {"netsuite_account", &c.netsuite_account},
      {"netsuite_client_id", &c.netsuite_client_id},
      {"netsuite_ec_certificate_id", &c.netsuite_ec_certificate_id},
      {"netsuite_ec384_certificate_id", &c.netsuite_ec384_certificate_id},
      {"netsuite_ec521_certificate_id", &c.netsuite_ec521_certificate_id},
      {"netsuite_rsa_certificate_id", &c.netsuite_rsa_certificate_id},
      {"netsuite_consumer_key", &c.netsuite_consumer_key},
      {"netsuite_consumer_secret", &c.netsuite_consumer_secret},
      {"netsuite_token_id", &c.netsuite_token_id},
      {"netsuite_token_secret", &c.netsuite_token_secret},
      {"sky_token", &c.sky_token}};
  for (const auto& [name, value] : values) WriteSecret(*folder / name, *value);
  return c;
}

}  // namespace trueup::sandbox
