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

} // namespace learning_loop::test
