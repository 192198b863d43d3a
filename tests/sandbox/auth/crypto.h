#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/world/calendar.h"

struct evp_pkey_st;

namespace trueup::sandbox {

std::string Base64(std::string_view bytes);
std::optional<std::string> FromBase64(std::string_view text);
// base64url without padding, as JWTs use it.
std::optional<std::string> FromBase64Url(std::string_view text);
std::string HmacSha256(std::string_view key, std::string_view message);
// A text of `size` letters and digits that only who knows the seed can tell.
std::string DerivedSecret(uint64_t seed, std::string_view purpose, size_t size);
// Compares without telling by its time where the first difference lies.
bool SameSecret(std::string_view a, std::string_view b);

// A private key and its public half.
class KeyPair {
 public:
  enum Kind { kRsa2048, kEcP256, kEcP384, kEcP521 };
  static KeyPair Generate(Kind kind);
  // Empty if the text holds no private key.
  static std::optional<KeyPair> FromPem(const std::string& pem);

  KeyPair(KeyPair&& other) noexcept;
  KeyPair& operator=(KeyPair&& other) noexcept;
  ~KeyPair();

  std::string Pem() const;
  // Signs as the JWT algorithm says (RS256, PS256 to PS512, ES256 to ES512); for tests and tools.
  std::string Sign(std::string_view algorithm, std::string_view message) const;
  // False for a wrong signature and for an algorithm that is not this key's.
  bool Verify(std::string_view algorithm, std::string_view message,
              std::string_view signature) const;

 private:
  explicit KeyPair(evp_pkey_st* key) : key_(key) {}
  evp_pkey_st* key_ = nullptr;
};

// A JWT taken apart, nothing verified.
struct Jwt {
  std::string algorithm;
  std::string key_id;
  std::string issuer;
  std::string subject;
  std::string audience;
  Seconds issued_at = 0;
  Seconds expires = 0;
  std::string signed_part;
  std::string signature;
};
std::optional<Jwt> ReadJwt(std::string_view token);

}  // namespace trueup::sandbox
