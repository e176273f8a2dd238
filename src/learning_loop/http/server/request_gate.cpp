#include "learning_loop/http/server/request_gate.h"

#include "learning_loop/base/text.h"
#include "learning_loop/http/loopback.h"
#include "learning_loop/http/url.h"

#include <openssl/crypto.h>

#include <algorithm>

namespace learning_loop::http {
namespace {

using boost::beast::http::field;

struct Target {
    std::string_view authority; ///< Of a whole URL; it counts instead of the header Host.
    std::string_view path_and_query;
};

Target target_in(std::string_view text)
{
    if (take_scheme(text).empty()) return {{}, text};
    auto const end = std::min(text.find_first_of("/?"), text.size());
    auto const rest = text.substr(end);
    return {text.substr(0, end), rest.empty() ? "/" : rest};
}

std::string_view origin_of(HeadParser const& head)
{
    return head.is_header_done() ? view(head.get()[field::origin]) : std::string_view();
}

bool same_secret(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace

std::string_view path_and_query_of(std::string_view target)
{
    return target_in(target).path_and_query;
}

RequestGate::RequestGate(ServerOptions const& options) : options_(options), is_local_(is_loopback(options.host)) {}

Result<void> RequestGate::check_origin(HeadParser const& head)
{
    auto const& message = head.get();
    auto const told = view(message[field::host]);
    auto const of_url = target_in(view(message.target())).authority;
    auto const host = of_url.empty() ? told : of_url;
    if (message.count(field::host) > 1 || (told.empty() && message.version() == 11))
        return Error{Errc::invalid_argument, "the header Host must be there once"};
    if (message.version() < 11 && head.chunked())
        return Error{Errc::invalid_argument, "HTTP/1.0 knows no Transfer-Encoding"};
    // A web page may make a browser on this machine ask here, under a name of its own that points to 127.0.0.1.
    if (!host.empty() && is_local_ && !is_this_machine(host)) {
        return Error{Errc::forbidden,
                     "the Host " + printable(host) + " is not this machine: this server answers for localhost only"};
    }
    auto const origin = origin_of(head);
    auto page_host = origin;
    bool const is_own = !take_scheme(page_host).empty() && same_name(page_host, host);
    if (!origin.empty() && !is_own && !is_allowed_origin(origin)) {
        return Error{Errc::forbidden,
                     "the Origin " + printable(origin) + " is foreign: only pages of this server may call it"};
    }
    return {};
}

Result<void> RequestGate::check_operator(Route const& route, Request const& request) const
{
    if (!route.operators_only || !options_.operators_need_token) return {};
    auto const& token = options_.operator_token;
    if (token.empty() && is_local_) return {};
    if (token.empty()) {
        return Error{Errc::forbidden, "this changes how the node runs: it takes a token beyond this machine, and none "
                                      "is set (NODE_TOKEN)"};
    }
    auto const given = request.bearer_token();
    if (given && same_secret(*given, token)) return {};
    return Error{Errc::unauthorized, "send the node's token (NODE_TOKEN) as `Authorization: Bearer <token>`"};
}

void RequestGate::allow_foreign_page(std::string_view origin, Response& answer) const
{
    if (!is_allowed_origin(origin)) return;
    answer.headers.add("Access-Control-Allow-Origin", std::string(origin));
    answer.headers.add("Access-Control-Allow-Credentials", "true");
    answer.headers.add("Vary", "Origin");
}

bool RequestGate::is_this_machine(std::string_view host)
{
    constexpr std::size_t max_known_bytes = 64;
    if (host == known_local_) return true;
    auto const authority = parse_authority(host);
    if (!authority || !is_loopback(authority->host)) return false;
    if (host.size() <= max_known_bytes) known_local_ = host;
    return true;
}

bool RequestGate::is_allowed_origin(std::string_view origin) const
{
    auto const& allowed = options_.allowed_origins;
    return std::find(allowed.begin(), allowed.end(), origin) != allowed.end();
}

} // namespace learning_loop::http
