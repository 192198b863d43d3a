#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "tests/sandbox/auth/crypto.h"

namespace trueup::sandbox {

// What a client needs to sign in. Texts are functions of the seed; key pairs are made once.
struct Credentials {
  std::string salesforce_client_id;
  std::string salesforce_client_secret;
  std::string salesforce_refresh_token;
  std::string salesforce_username;
  KeyPair salesforce_jwt_key;

  std::string netsuite_account;
  std::string netsuite_client_id;
  std::string netsuite_ec_certificate_id;
  KeyPair netsuite_ec_key;  // P-256
  std::string netsuite_ec384_certificate_id;
  KeyPair netsuite_ec384_key;
  std::string netsuite_ec521_certificate_id;
  KeyPair netsuite_ec521_key;
  std::string netsuite_rsa_certificate_id;
  KeyPair netsuite_rsa_key;
  std::string netsuite_consumer_key;
  std::string netsuite_consumer_secret;
  std::string netsuite_token_id;
  std::string netsuite_token_secret;

  std::string sky_token;
};

// With a folder: reads the key pairs that lie there, and writes each value as one file of mode 0600
// named after the member (`netsuite_ec_key.pem` for a key). Without: keys that nobody else has.
// Throws std::runtime_error where the folder cannot be written.
Credentials MakeCredentials(uint64_t seed, const std::optional<std::filesystem::path>& folder);

}  // namespace trueup::sandbox
