#include "support/test_certificate.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace learning_loop::test {
namespace {

struct Release {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(BIO* memory) const { BIO_free(memory); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
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

void add_extension(X509* certificate, X509* issuer, int kind, std::string const& value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    std::unique_ptr<X509_EXTENSION, Release> const extension(
        X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    require(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

std::unique_ptr<BIO, Release> memory_of(std::string const& text)
{
    return std::unique_ptr<BIO, Release>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

} // namespace

TestCertificate new_certificate(std::chrono::seconds begin, std::chrono::seconds end)
{
    CertificateWishes wishes;
    wishes.alternative_names.clear();
    wishes.begin = begin;
    wishes.end = end;
    return new_certificate(wishes);
}

TestCertificate new_certificate(CertificateWishes const& wishes, TestCertificate const* issuer)
{
    std::unique_ptr<EVP_PKEY, Release> const key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    std::unique_ptr<X509, Release> const certificate(X509_new());
    require(key && certificate);
    std::unique_ptr<X509, Release> issuer_certificate;
    std::unique_ptr<EVP_PKEY, Release> issuer_key;
    if (issuer) {
        issuer_certificate.reset(PEM_read_bio_X509(memory_of(issuer->certificate).get(), nullptr, nullptr, nullptr));
        issuer_key.reset(PEM_read_bio_PrivateKey(memory_of(issuer->key).get(), nullptr, nullptr, nullptr));
        require(issuer_certificate && issuer_key);
    }
    auto* const signer = issuer ? issuer_certificate.get() : certificate.get();
    auto* const subject = X509_get_subject_name(certificate.get());
    auto const& name = wishes.common_name;
    auto const* const bytes = reinterpret_cast<unsigned char const*>(name.data());
    require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, bytes, static_cast<int>(name.size()), -1, 0) == 1);
    require(X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer)) == 1);
    require(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
    require(ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1) == 1);
    require(X509_gmtime_adj(X509_getm_notBefore(certificate.get()), wishes.begin.count()) != nullptr);
    require(X509_gmtime_adj(X509_getm_notAfter(certificate.get()), wishes.end.count()) != nullptr);
    require(X509_set_pubkey(certificate.get(), key.get()) == 1);
    if (!wishes.alternative_names.empty())
        add_extension(certificate.get(), signer, NID_subject_alt_name, wishes.alternative_names);
    if (wishes.is_authority) add_extension(certificate.get(), signer, NID_basic_constraints, "critical,CA:TRUE");
    auto* const signing_key = issuer ? issuer_key.get() : key.get();
    require(X509_sign(certificate.get(), signing_key, wishes.by_sha1 ? EVP_sha1() : EVP_sha256()) > 0);
    auto const write_key = [&](BIO* to) {
        return PEM_write_bio_PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    };
    return {pem_of([&](BIO* to) { return PEM_write_bio_X509(to, certificate.get()); }), pem_of(write_key)};
}

} // namespace learning_loop::test
