#include "learning_loop/server/accounts/password.h"

#include <sodium.h>

#include <array>
#include <stdexcept>

namespace learning_loop {
namespace {

constexpr unsigned long long passes = 2;
constexpr std::size_t memory_bytes = std::size_t{19} << 20;
constexpr std::size_t min_password_bytes = 8;
constexpr std::size_t max_password_bytes = 1024;

void require_sodium()
{
    static bool const is_ready = sodium_init() >= 0;
    if (!is_ready) throw std::runtime_error("libsodium cannot be used");
}

} // namespace

Result<void> check_new_password(Secret const& password)
{
    auto const size = password.reveal().size();
    if (size < min_password_bytes) return Error{Errc::invalid_argument, "is too short: take 8 characters or more"};
    if (size > max_password_bytes) return Error{Errc::invalid_argument, "is longer than 1024 bytes"};
    return {};
}

std::string hash_password(Secret const& password)
{
    require_sodium();
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    auto const& text = password.reveal();
    if (crypto_pwhash_str_alg(hash.data(), text.data(), text.size(), passes, memory_bytes,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw std::runtime_error("there is not enough memory to hash a password");
    return hash.data();
}

bool is_password_of(std::string const& hash, Secret const& password)
{
    require_sodium();
    auto const& text = password.reveal();
    if (text.size() > max_password_bytes) return false;
    return crypto_pwhash_str_verify(hash.c_str(), text.data(), text.size()) == 0;
}

bool is_outdated(std::string const& hash)
{
    require_sodium();
    return crypto_pwhash_str_needs_rehash(hash.c_str(), passes, memory_bytes) != 0;
}

std::string const& nobodys_hash()
{
    static std::string const hash =
        "$argon2id$v=19$m=19456,t=2,p=1$YgKxKBKRp+phM0snBpnZvw$+64k3F1DFebFK01HHLnk7WF7L+OyUVXLzSVH5N/SqY4";
    return hash;
}

Secret random_password()
{
    require_sodium();
    constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyz23456789"; // 32, without l, o, 0 and 1
    std::string text;
    for (int i = 0; i < 20; ++i) {
        if (i > 0 && i % 5 == 0) text += '-';
        text += letters[randombytes_uniform(letters.size())];
    }
    Secret const password(text);
    sodium_memzero(text.data(), text.size());
    return password;
}

} // namespace learning_loop
