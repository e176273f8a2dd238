#include "learning_loop/base/hash.h"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace learning_loop {

namespace {

void require(bool good)
{
    if (!good) throw std::runtime_error("SHA-256 failed");
}

} // namespace

struct Sha256Sum::Context {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

Sha256Sum::Sha256Sum() : context_(std::make_unique<Context>())
{
    auto* const digest = context_->digest.get();
    require(digest && EVP_DigestInit_ex(digest, EVP_sha256(), nullptr) == 1);
}

Sha256Sum::Sha256Sum(Sha256Sum&& other) noexcept = default;
Sha256Sum::~Sha256Sum() = default;

void Sha256Sum::add(std::string_view part)
{
    require(EVP_DigestUpdate(context_->digest.get(), part.data(), part.size()) == 1);
}

Sha256 Sha256Sum::finish()
{
    Sha256 hash{};
    require(EVP_DigestFinal_ex(context_->digest.get(), hash.data(), nullptr) == 1);
    return hash;
}

Sha256 sha256(std::span<std::string_view const> parts)
{
    Sha256Sum sum;
    for (auto const part : parts) sum.add(part);
    return sum.finish();
}

std::string hex(std::span<std::uint8_t const> bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (auto const byte : bytes) {
        text += digits[byte >> 4U];
        text += digits[byte & 0x0fU];
    }
    return text;
}

} // namespace learning_loop
