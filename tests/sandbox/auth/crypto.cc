#include "tests/sandbox/auth/crypto.h"

#include <cstdlib>
#include <memory>
#include <utility>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <rapidjson/document.h>

namespace trueup::sandbox {
namespace {

template <auto Destroy>
struct DeleteWith {
  template <class T>
  void operator()(T* handle) const noexcept {
    Destroy(handle);
  }
};
using Bio = std::unique_ptr<BIO, DeleteWith<BIO_free_all>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, DeleteWith<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, DeleteWith<ECDSA_SIG_free>>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// By the number at the end of the algorithm's name; null where there is no such digest.
const EVP_MD* DigestOf(std::string_view algorithm) {
  if (algorithm.ends_with("256")) return EVP_sha256();
  if (algorithm.ends_with("384")) return EVP_sha384();
  return algorithm.ends_with("512") ? EVP_sha512() : nullptr;
}

// The size of the curve that an EC algorithm asks for; 0 for any other algorithm.
int CurveBitsOf(std::string_view algorithm) {
  if (algorithm == "ES256") return 256;
  if (algorithm == "ES384") return 384;
  return algorithm == "ES512" ? 521 : 0;
}

// Bytes of r and of s in a signature.
int HalfOf(std::string_view algorithm) { return (CurveBitsOf(algorithm) + 7) / 8; }

// Whether the algorithm is for this kind of key; sets RSA-PSS up where it asks for it.
bool Prepare(std::string_view algorithm, const EVP_PKEY* key, EVP_PKEY_CTX* context) {
  const int kind = EVP_PKEY_get_base_id(key);
  if (const int bits = CurveBitsOf(algorithm); bits != 0) {
    return kind == EVP_PKEY_EC && EVP_PKEY_get_bits(key) == bits;
  }
  if (kind != EVP_PKEY_RSA) return false;
  if (algorithm == "RS256") return true;
  return algorithm.starts_with("PS") &&
         EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

// A JWT carries r and s side by side; OpenSSL wants them in DER, and the other way round.
std::string ToDer(std::string_view raw, int half) {
  if (raw.size() != 2 * static_cast<size_t>(half)) return {};
  const Signature signature(ECDSA_SIG_new());
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(Bytes(raw), half, nullptr),
                 BN_bin2bn(Bytes(raw) + half, half, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  std::string out(reinterpret_cast<char*>(der), size < 0 ? 0 : static_cast<size_t>(size));
  OPENSSL_free(der);
  return out;
}

std::string FromDer(std::string_view der, int half) {
  const unsigned char* at = Bytes(der);
  const Signature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!signature) return {};
  std::string raw(2 * static_cast<size_t>(half), '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, half);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + half, half);
  return raw;
}

std::string MemberText(const rapidjson::Value& object, const char* name) {
  const auto it = object.FindMember(name);
  if (it == object.MemberEnd()) return {};
  if (it->value.IsString()) return it->value.GetString();
  return it->value.IsArray() && it->value.Size() == 1 && it->value[0].IsString()
             ? it->value[0].GetString()
             : "";
}

// Some clients write times as text.
Seconds MemberTime(const rapidjson::Value& object, const char* name) {
  const auto it = object.FindMember(name);
  if (it == object.MemberEnd()) return 0;
  if (it->value.IsNumber()) return static_cast<Seconds>(it->value.GetDouble());
  return it->value.IsString() ? std::strtoll(it->value.GetString(), nullptr, 10) : 0;
}

}  // namespace

std::string Base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), Bytes(bytes),
                  static_cast<int>(bytes.size()));
  return out;
}

std::optional<std::string> FromBase64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), Bytes(text),
                      static_cast<int>(text.size())) < 0) {
    return std::nullopt;
  }
  size_t padding = 0;
  while (padding < 2 && text[text.size() - 1 - padding] == '=') ++padding;
  out.resize(out.size() - padding);
  return out;
}

std::optional<std::string> FromBase64Url(std::string_view text) {
  std::string plain(text);
  for (char& c : plain) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (plain.size() % 4 != 0) plain.push_back('=');
  return FromBase64(plain);
}

std::string HmacSha256(std::string_view key, std::string_view message) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), Bytes(message), message.size(),
       digest, &size);
  return {reinterpret_cast<char*>(digest), size};
}

std::string DerivedSecret(uint64_t seed, std::string_view purpose, size_t size) {
  static constexpr std::string_view kSigns =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::string secret;
  for (int block = 0; secret.size() < size; ++block) {
    const std::string message = std::string(purpose) + "/" + std::to_string(block);
    for (unsigned char c : HmacSha256("sandbox " + std::to_string(seed), message)) {
      if (secret.size() < size) secret.push_back(kSigns[c % kSigns.size()]);
    }
  }
  return secret;
}

bool SameSecret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

KeyPair KeyPair::Generate(Kind kind) {
  static constexpr const char* kCurves[] = {nullptr, "P-256", "P-384", "P-521"};  // by kind
  EVP_PKEY* key = kind == kRsa2048 ? EVP_RSA_gen(2048) : EVP_EC_gen(kCurves[kind]);
  if (key == nullptr) std::abort();
  return KeyPair(key);
}

std::optional<KeyPair> KeyPair::FromPem(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr);
  if (key == nullptr) return std::nullopt;
  return KeyPair(key);
}

KeyPair::KeyPair(KeyPair&& other) noexcept : key_(std::exchange(other.key_, nullptr)) {}
KeyPair& KeyPair::operator=(KeyPair&& other) noexcept {
  std::swap(key_, other.key_);
  return *this;
}
KeyPair::~KeyPair() { EVP_PKEY_free(key_); }

std::string KeyPair::Pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key_, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

std::string KeyPair::Sign(std::string_view algorithm, std::string_view message) const {
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  const EVP_MD* const digest = DigestOf(algorithm);
  if (digest == nullptr ||
      EVP_DigestSignInit(context.get(), &key_context, digest, nullptr, key_) != 1)
    return {};
  if (!Prepare(algorithm, key_, key_context)) return {};
  size_t size = 0;
  EVP_DigestSign(context.get(), nullptr, &size, Bytes(message), message.size());
  std::string signature(size, '\0');
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                 Bytes(message), message.size());
  signature.resize(size);
  const int half = HalfOf(algorithm);
  return half != 0 ? FromDer(signature, half) : signature;
}

bool KeyPair::Verify(std::string_view algorithm, std::string_view message,
                     std::string_view signature) const {
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  const EVP_MD* const digest = DigestOf(algorithm);
  if (digest == nullptr ||
      EVP_DigestVerifyInit(context.get(), &key_context, digest, nullptr, key_) != 1)
    return false;
  if (!Prepare(algorithm, key_, key_context)) return false;
  const int half = HalfOf(algorithm);
  const std::string wanted = half != 0 ? ToDer(signature, half) : std::string(signature);
  return !wanted.empty() && EVP_DigestVerify(context.get(), Bytes(wanted), wanted.size(),
                                             Bytes(message), message.size()) == 1;
}

std::optional<Jwt> ReadJwt(std::string_view token) {
  const size_t first = token.find('.');
  const size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto header = FromBase64Url(token.substr(0, first));
  const auto claims = FromBase64Url(token.substr(first + 1, second - first - 1));
  const auto signature = FromBase64Url(token.substr(second + 1));
  if (!header || !claims || !signature) return std::nullopt;
  rapidjson::Document head;
  rapidjson::Document body;
  head.Parse<rapidjson::kParseIterativeFlag>(header->data(), header->size());
  body.Parse<rapidjson::kParseIterativeFlag>(claims->data(), claims->size());
  if (head.HasParseError() || body.HasParseError() || !head.IsObject() || !body.IsObject())
    return std::nullopt;
  Jwt jwt;
  jwt.algorithm = MemberText(head, "alg");
  jwt.key_id = MemberText(head, "kid");
  jwt.issuer = MemberText(body, "iss");
  jwt.subject = MemberText(body, "sub");
  jwt.audience = MemberText(body, "aud");
  jwt.issued_at = MemberTime(body, "iat");
  jwt.expires = MemberTime(body, "exp");
  jwt.signed_part = token.substr(0, second);
  jwt.signature = *signature;
  return jwt;
}

}  // namespace trueup::sandbox
