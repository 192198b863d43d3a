#include "tests/sandbox/auth/test_ca.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <utility>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace trueup::sandbox {
namespace {

constexpr long kHour = 3600;
constexpr long kDay = 24 * kHour;

template <auto Destroy>
struct DeleteWith {
  template <class T>
  void operator()(T* handle) const noexcept {
    Destroy(handle);
  }
};
using File = std::unique_ptr<std::FILE, DeleteWith<std::fclose>>;

void Check(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("TLS: cannot ") + what);
}

File OpenFile(const std::filesystem::path& path, const char* mode) {
  File file(std::fopen(path.c_str(), mode));
  if (!file) throw std::runtime_error("cannot open " + path.string());
  return file;
}

void AddExtension(X509* certificate, const X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, const_cast<X509*>(issuer), certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  Check(extension != nullptr, "write an extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// With a key of its own and a random number, not signed yet.
Certificate Begin(const std::string& name, long valid) {
  Certificate made(X509_new(), EVP_EC_gen("P-256"));
  X509* const certificate = made.certificate();
  Check(certificate != nullptr && made.key() != nullptr, "make a key");
  X509_set_version(certificate, X509_VERSION_3);
  uint64_t number = 0;
  Check(RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number) == 1, "draw a number");
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), number >> 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -kHour);
  X509_gmtime_adj(X509_getm_notAfter(certificate), valid);
  X509_set_pubkey(certificate, made.key());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return made;
}

void Sign(const Certificate& made, const Certificate& by) {
  X509_set_issuer_name(made.certificate(), X509_get_subject_name(by.certificate()));
  Check(X509_sign(made.certificate(), by.key(), EVP_sha256()) > 0, "sign a certificate");
}

Certificate MakeAuthority() {
  Certificate authority = Begin("trueup sandbox test CA", 3650 * kDay);
  X509* const certificate = authority.certificate();
  AddExtension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  AddExtension(certificate, certificate, NID_subject_key_identifier, "hash");
  Sign(authority, authority);
  return authority;
}

}  // namespace

Certificate::Certificate(Certificate&& other) noexcept
    : certificate_(std::exchange(other.certificate_, nullptr)),
      key_(std::exchange(other.key_, nullptr)) {}

Certificate& Certificate::operator=(Certificate&& other) noexcept {
  std::swap(certificate_, other.certificate_);
  std::swap(key_, other.key_);
  return *this;
}

Certificate::~Certificate() {
  X509_free(certificate_);
  EVP_PKEY_free(key_);
}

Certificate OpenTestCa(const std::filesystem::path& folder) {
  const std::filesystem::path certificate_path = folder / "ca.pem";
  const std::filesystem::path key_path = folder / "ca_key.pem";
  if (std::filesystem::exists(certificate_path) || std::filesystem::exists(key_path)) {
    Certificate given(
        PEM_read_X509(OpenFile(certificate_path, "r").get(), nullptr, nullptr, nullptr),
        PEM_read_PrivateKey(OpenFile(key_path, "r").get(), nullptr, nullptr, nullptr));
    Check(given.certificate() != nullptr && given.key() != nullptr &&
              X509_check_private_key(given.certificate(), given.key()) == 1,
          "use ca.pem with ca_key.pem");
    return given;
  }
  Certificate authority = MakeAuthority();
  std::filesystem::create_directories(folder);
  const File key = OpenFile(key_path, "wx");
  std::filesystem::permissions(
      key_path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  Check(
      PEM_write_PrivateKey(key.get(), authority.key(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
      "write ca_key.pem");
  const File certificate = OpenFile(certificate_path, "wx");
  Check(PEM_write_X509(certificate.get(), authority.certificate()) == 1, "write ca.pem");
  return authority;
}

Certificate Issue(const Certificate& authority, const std::vector<std::string>& names) {
  Certificate leaf = Begin(names.front(), 30 * kDay);
  std::string alternatives;
  for (const std::string& name : names) {
    const bool address = std::all_of(
        name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0 || c == '.'; });
    alternatives += (alternatives.empty() ? "" : ",") + ((address ? "IP:" : "DNS:") + name);
  }
  X509* const certificate = leaf.certificate();
  AddExtension(certificate, authority.certificate(), NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(certificate, authority.certificate(), NID_subject_alt_name, alternatives);
  AddExtension(certificate, authority.certificate(), NID_ext_key_usage, "serverAuth");
  // By its key, not by its name alone: another authority may have the same.
  AddExtension(certificate, authority.certificate(), NID_authority_key_identifier, "keyid:always");
  Sign(leaf, authority);
  return leaf;
}

}  // namespace trueup::sandbox
