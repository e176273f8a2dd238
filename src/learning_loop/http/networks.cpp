#include "learning_loop/http/networks.h"

#include "learning_loop/base/text.h"

#include <algorithm>
#include <charconv>

namespace learning_loop::http {
namespace asio = boost::asio;
namespace {

using Bytes = asio::ip::address_v6::bytes_type;

constexpr int bits_of_ipv6 = 128;
constexpr int bits_before_ipv4 = 96; // of an IPv4 address within an IPv6 one

Bytes bytes_of(asio::ip::address const& address)
{
    if (address.is_v6()) return address.to_v6().to_bytes();
    return asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()).to_bytes();
}

bool starts_alike(Bytes const& a, Bytes const& b, int bits)
{
    auto const whole = static_cast<std::size_t>(bits / 8);
    if (!std::equal(a.begin(), a.begin() + bits / 8, b.begin())) return false;
    int const rest = bits % 8;
    return rest == 0 || (a.at(whole) ^ b.at(whole)) >> (8 - rest) == 0;
}

Error no_network(std::string_view text)
{
    return {Errc::invalid_argument,
            "'" + printable(text) + "' is no network: give addresses or networks such as 10.0.0.0/8, fd00::/8"};
}

} // namespace

std::optional<asio::ip::address> parse_address(std::string_view text)
{
    boost::system::error_code failure;
    auto const address = asio::ip::make_address(std::string(text), failure);
    if (failure) return std::nullopt;
    if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
}

std::string to_text(asio::ip::address const& address)
{
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    return address.to_string();
}

std::string counted_as(std::string const& address)
{
    auto const parsed = parse_address(address);
    if (!parsed || parsed->is_v4()) return address;
    auto bytes = parsed->to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
    return asio::ip::address_v6(bytes).to_string() + "/64";
}

Result<Networks::Network> Networks::parse_one(std::string_view text)
{
    auto const slash = std::min(text.find('/'), text.size());
    auto const address = parse_address(text.substr(0, slash));
    if (!address) return no_network(text);
    int const bits_before = address->is_v4() ? bits_before_ipv4 : 0;
    int prefix = bits_of_ipv6 - bits_before;
    if (slash < text.size()) {
        auto const number = text.substr(slash + 1);
        auto const [end, failure] = std::from_chars(number.data(), number.data() + number.size(), prefix);
        bool const is_number = failure == std::errc() && end == number.data() + number.size();
        if (!is_number || prefix < 0 || prefix > bits_of_ipv6 - bits_before) return no_network(text);
    }
    return Network{bytes_of(*address), bits_before + prefix};
}

Result<Networks> Networks::parse(std::string_view list)
{
    Networks networks;
    for (auto const part : parts_of(list, ',')) {
        auto const network = parse_one(trimmed(part));
        if (!network) return network.error();
        networks.networks_.push_back(*network);
    }
    return networks;
}

Networks Networks::of_this_machine()
{
    return parse("127.0.0.0/8,::1").value();
}

bool Networks::contains(asio::ip::address const& address) const
{
    auto const bytes = bytes_of(address);
    return std::any_of(networks_.begin(), networks_.end(),
                       [&](auto const& one) { return starts_alike(one.bytes, bytes, one.prefix_bits); });
}

bool Networks::contains(std::string_view address) const
{
    auto const parsed = parse_address(address);
    return parsed && contains(*parsed);
}

} // namespace learning_loop::http
