#include "learning_loop/http/server/listener.h"

#include "learning_loop/http/tls.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/resource.h>

#include <array>

namespace learning_loop::http {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// Asks for as many descriptors as the system grants: that is usually far more than a process begins with.
void raise_descriptor_limit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// An address under which other machines may reach this one. Empty: it has no network.
std::string address_of_this_machine()
{
    ifaddrs* interfaces = nullptr;
    if (::getifaddrs(&interfaces) != 0) return "";
    std::string found;
    for (auto const* one = interfaces; one && found.empty(); one = one->ifa_next) {
        bool const is_ipv4 = one->ifa_addr && one->ifa_addr->sa_family == AF_INET;
        if (!is_ipv4 || (one->ifa_flags & IFF_UP) == 0 || (one->ifa_flags & IFF_LOOPBACK) != 0) continue;
        std::array<char, INET_ADDRSTRLEN> text{};
        auto const* address = reinterpret_cast<sockaddr_in const*>(one->ifa_addr);
        if (::inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size())) found = text.data();
    }
    ::freeifaddrs(interfaces);
    return found;
}

} // namespace

Listener::Listener(asio::any_io_executor executor, ServerOptions const& options)
    : host_(options.host),
      port_(options.port),
      certificate_(options.tls_certificate),
      key_(options.tls_key),
      name_(options.allowed_hosts && !options.allowed_hosts->empty() ? options.allowed_hosts->front() : std::string()),
      acceptor_(std::move(executor))
{}

Result<void> Listener::open()
{
    if (!certificate_.empty()) {
        auto tls = load_tls(certificate_, key_);
        if (!tls) return tls.error();
        tls_ = std::move(*tls);
    }
    boost::system::error_code failure;
    tcp::resolver resolver(acceptor_.get_executor());
    auto const found = resolver.resolve(host_, std::to_string(port_), tcp::resolver::passive, failure);
    if (failure || found.empty())
        return Error{Errc::invalid_argument, "--host (NODE_HOST): " + host_ + " is no address of this machine"};
    raise_descriptor_limit();
    auto const endpoint = found.begin()->endpoint();
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint, failure);
    if (!failure) acceptor_.listen(asio::socket_base::max_listen_connections, failure);
    if (!failure) return {};
    auto const where = host_ + ":" + std::to_string(port_);
    if (failure == asio::error::address_in_use) {
        return Error{Errc::unavailable,
                     "--port (NODE_PORT): " + where + " is taken by another program: end it or choose another port"};
    }
    return Error{Errc::invalid_argument,
                 "--host (NODE_HOST), --port (NODE_PORT): cannot bind " + where + ": " + failure.message()};
}

std::uint16_t Listener::port() const
{
    boost::system::error_code not_bound;
    auto const endpoint = acceptor_.local_endpoint(not_bound);
    return not_bound ? port_ : endpoint.port();
}

std::string Listener::url() const
{
    auto host = host_;
    auto const address = parse_address(host_);
    if (address && address->is_unspecified()) { // every interface: nobody can ask for that
        host = name_.empty() ? address_of_this_machine() : name_;
        if (host.empty()) host = "127.0.0.1";
    }
    auto const name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return (certificate_.empty() ? "http://" : "https://") + name + ":" + std::to_string(port());
}

} // namespace learning_loop::http
