#pragma once

#include "learning_loop/base/error.h"

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop::http {

/// Some networks of IPv4 and IPv6.
class Networks {
public:
    /// Reads a list such as `10.0.0.0/8, ::1`: an address stands for itself alone. Errors: invalid_argument names what
    /// is wrong.
    static Result<Networks> parse(std::string_view list);

    /// 127.0.0.0/8 and ::1.
    static Networks of_this_machine();

    /// An IPv4 address within an IPv6 one (`::ffff:10.0.0.1`) counts as IPv4.
    bool contains(boost::asio::ip::address const& address) const;

    /// The same for a text; what is no address is in no network.
    bool contains(std::string_view address) const;

    bool empty() const { return networks_.empty(); }

private:
    struct Network {
        boost::asio::ip::address_v6::bytes_type bytes; ///< IPv4 as `::ffff:a.b.c.d`.
        int prefix_bits;                               ///< Of these.
    };
    static Result<Network> parse_one(std::string_view text);

    std::vector<Network> networks_;
};

/// The address in the text; nullopt if it is none. An IPv4 address within an IPv6 one is that IPv4 address.
std::optional<boost::asio::ip::address> parse_address(std::string_view text);

/// The same form for every spelling of an address.
std::string to_text(boost::asio::ip::address const& address);

/// Whom limits count as one: an address of IPv4, a /64 of IPv6, since who has one address of that has all of them. What
/// is no address stays as it is.
std::string counted_as(std::string const& address);

} // namespace learning_loop::http
