#pragma once

#include <filesystem>
#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace trueup::sandbox {

// A certificate with its private key.
class Certificate {
 public:
  Certificate(x509_st* certificate, evp_pkey_st* key) : certificate_(certificate), key_(key) {}
  Certificate(Certificate&& other) noexcept;
  Certificate& operator=(Certificate&& other) noexcept;
  ~Certificate();

  x509_st* certificate() const { return certificate_; }
  evp_pkey_st* key() const { return key_; }

 private:
  x509_st* certificate_;
  evp_pkey_st* key_;
};

// The authority of a folder, whose certificate clients are to trust: ca.pem and ca_key.pem, as they
// lie there or, where neither does, made anew. Throws std::runtime_error where they cannot be read
// or written, or are no certificate and its key.
Certificate OpenTestCa(const std::filesystem::path& folder);

// A server's certificate for these names and addresses ("127.0.0.1", "*.my.salesforce.com"),
// signed by the authority and good for 30 days.
Certificate Issue(const Certificate& authority, const std::vector<std::string>& names);

}  // namespace trueup::sandbox
