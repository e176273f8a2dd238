#include "support/test_certificate.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>

namespace learning_loop::test {
namespace {

struct Release {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(BIO* memory) const { BIO_free(memory); }
};

void require(bool done)
{
    if (!done) throw std::runtime_error("OpenSSL made no certificate");
}

/// What `write` writes, as text.
template <class Write>
std::string pem_of(Write write)
{
    std::unique_ptr<BIO, Release> const memory(BIO_new(BIO_s_mem()));
    require(memory && write(memory.get()) == 1);
    char const* text = nullptr;
    auto const size = BIO_ctrl(memory.get(), BIO_CTRL_INFO, 0, static_cast<void*>(&text));
    return {text, static_cast<std::size_t>(size)};
}

} // namespace

TestCertificate new_certificate(std::chrono::seconds begin, std::chrono::seconds end)
{
    std::unique_ptr<EVP_PKEY, Release> const key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    std::unique_ptr<X509, Release> const certificate(X509_new());
    require(key && certificate);
    auto* const subject = X509_get_subject_name(certificate.get());
    std::string const name = "localhost";
    auto const* const bytes = reinterpret_cast<unsigned char const*>(name.data());
    require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, bytes, static_cast<int>(name.size()), -1, 0) == 1);
    require(X509_set_issuer_name(certificate.get(), subject) == 1);
    require(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
    require(ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1) == 1);
    require(X509_gmtime_adj(X509_getm_notBefore(certificate.get()), begin.count()) != nullptr);
    require(X509_gmtime_adj(X509_getm_notAfter(certificate.get()), end.count()) != nullptr);
    require(X509_set_pubkey(certificate.get(), key.get()) == 1);
    require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
    auto const write_key = [&](BIO* to) {
        return PEM_write_bio_PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    };
    return {pem_of([&](BIO* to) { return PEM_write_bio_X509(to, certificate.get()); }), pem_of(write_key)};
}

} // namespace learning_loop::test
