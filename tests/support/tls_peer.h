#pragma once

#include "support/test_certificate.h"

#include <cstdint>
#include <memory>
#include <string>

namespace learning_loop::test {

/// A server of TLS on this machine that shows any certificate and speaks any version, notes what clients tell it and
/// answers 200 to each.
class TlsPeer {
public:
    /// `newest_version`: as OpenSSL numbers them; 0: the newest there is.
    explicit TlsPeer(TestCertificate const& certificate, int newest_version = 0);
    ~TlsPeer();
    TlsPeer(TlsPeer const&) = delete;
    TlsPeer& operator=(TlsPeer const&) = delete;

    std::uint16_t port() const;
    std::string url(std::string const& host = "localhost") const
    {
        return "https://" + host + ":" + std::to_string(port());
    }
    std::string received() const; ///< Of all clients, decrypted.

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace learning_loop::test
