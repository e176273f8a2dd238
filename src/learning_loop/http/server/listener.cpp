#include "learning_loop/http/server/listener.h"

#include "learning_loop/http/tls.h"

#include <sys/resource.h>

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

} // namespace

Listener::Listener(asio::any_io_executor executor, ServerOptions const& options)
    : host_(options.host),
      port_(options.port),
      certificate_(options.tls_certificate),
      key_(options.tls_key),
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
    auto const name = host_.find(':') == std::string::npos ? host_ : "[" + host_ + "]";
    return (certificate_.empty() ? "http://" : "https://") + name + ":" + std::to_string(port());
}

} // namespace learning_loop::http
