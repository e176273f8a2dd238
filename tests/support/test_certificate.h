#pragma once

#include <chrono>
#include <string>

namespace learning_loop::test {

/// A new key and a certificate for `localhost` that it signed itself, as PEM.
struct TestCertificate {
    std::string certificate;
    std::string key;
};

/// Valid from `begin` to `end`, counted from now.
TestCertificate new_certificate(std::chrono::seconds begin = std::chrono::hours(-1),
                                std::chrono::seconds end = std::chrono::hours(1));

/// What a certificate is to say.
struct CertificateWishes {
    std::string common_name = "localhost";
    std::string alternative_names = "DNS:localhost"; ///< As OpenSSL writes them; empty: the extension is missing.
    std::chrono::seconds begin = std::chrono::hours(-1);
    std::chrono::seconds end = std::chrono::hours(1);
    bool is_authority = false;
    bool by_sha1 = false;
};

/// Signed by `issuer`, or by itself without one.
TestCertificate new_certificate(CertificateWishes const& wishes, TestCertificate const* issuer = nullptr);

} // namespace learning_loop::test
