#include "learning_loop/http/loopback.h"

#include "learning_loop/base/text.h"

#include <boost/asio/ip/address.hpp>

#include <string>

namespace learning_loop::http {

bool is_loopback(std::string_view host)
{
    if (same_name(host, "localhost")) return true;
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    boost::system::error_code failure;
    auto const address = boost::asio::ip::make_address(std::string(host), failure);
    return !failure && address.is_loopback();
}

} // namespace learning_loop::http
