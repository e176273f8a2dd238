#include "learning_loop/http/server/request_gate.h"

#include "learning_loop/base/text.h"
#include "learning_loop/http/loopback.h"
#include "learning_loop/http/url.h"

#include <algorithm>

namespace learning_loop::http {
namespace {

using boost::beast::http::field;
using boost::beast::http::verb;

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
    return view(head.get()[field::origin]);
}

std::string_view host_of(HeadParser const& head)
{
    auto const of_url = target_in(view(head.get().target())).authority;
    return of_url.empty() ? view(head.get()[field::host]) : of_url;
}

bool only_reads(HeadParser const& head)
{
    auto const method = head.get().method();
    return method == verb::get || method == verb::head || method == verb::options;
}

/// All lines of the header, as one list.
std::string joined(HeadParser const& head, char const* name)
{
    std::string list;
    auto const [begin, end] = head.get().equal_range(name);
    for (auto at = begin; at != end; ++at) list.append(list.empty() ? "" : ",").append(view(at->value()));
    return list;
}

/// The last entry of a list; takes it off the list, with its comma.
std::string_view take_last(std::string_view& list)
{
    auto const comma = list.rfind(',');
    auto const last = trimmed(comma == std::string_view::npos ? list : list.substr(comma + 1));
    list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
    return last;
}

/// The first address from the right that is no proxy of ours: what stands left of it was written by the client, which
/// may lie. Empty: there is none.
std::string client_in(std::string_view forwarded_for, Networks const& proxies)
{
    while (!forwarded_for.empty()) {
        auto const address = parse_address(take_last(forwarded_for));
        if (!address) return "";
        if (!proxies.contains(*address)) return to_text(*address);
    }
    return "";
}

/// In lower case, as browsers write it: without the port that goes without saying.
std::string without_default_port(std::string_view scheme, std::string_view authority)
{
    std::string_view const port = scheme == "https" ? ":443" : ":80";
    if (authority.ends_with(port)) authority.remove_suffix(port.size());
    return lower_case(authority);
}

bool tells_of_a_proxy(HeadParser const& head)
{
    for (auto const* name : {"X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"}) {
        if (head.get().count(name) > 0) return true;
    }
    return false;
}

} // namespace

std::string_view path_and_query_of(std::string_view target)
{
    return target_in(target).path_and_query;
}

RequestGate::RequestGate(ServerOptions const& options, ConnectionEnds ends)
    : options_(options),
      ends_(std::move(ends)),
      from_proxy_(options.proxies.contains(ends_.peer)),
      from_here_(Networks::of_this_machine().contains(ends_.peer)),
      is_local_(is_loopback(options.host)),
      peer_(to_text(ends_.peer))
{
    auto const& url = options_.public_url;
    if (url) public_authority_ = without_default_port(url->scheme, url->authority_text);
}

Result<Sender> RequestGate::check(HeadParser const& head)
{
    auto const host = host_of(head);
    if (options_.only_proxies && !from_proxy_ && !from_here_) {
        return Error{Errc::forbidden,
                     "this server answers through its proxy only, since passwords would cross the network in plain "
                     "text: ask the proxy's URL"};
    }
    if (auto const checked = check_host(head, host); !checked) return checked.error();
    auto sender = sender_of(head, host);
    if (auto const checked = check_page(head, host, sender.over_tls); !checked) return checked.error();
    return sender;
}

Result<void> RequestGate::check_host(HeadParser const& head, std::string_view host)
{
    auto const& message = head.get();
    if (message.count(field::host) > 1 || (view(message[field::host]).empty() && message.version() == 11))
        return Error{Errc::invalid_argument, "the header Host must be there once"};
    if (message.version() < 11 && head.chunked())
        return Error{Errc::invalid_argument, "HTTP/1.0 knows no Transfer-Encoding"};
    // A web page may make a browser ask here under a name of its own that points to this machine.
    if (host.empty() || (!is_local_ && !options_.allowed_hosts) || is_known_host(host)) return {};
    auto const* const remedy = options_.allowed_hosts ? ": if it is a name of this machine, add it to ALLOWED_HOSTS"
                                                      : ": this server answers for localhost only";
    return Error{Errc::forbidden, "the Host " + printable(host) + " is not this machine" + remedy};
}

/// A browser tells which page asks in Origin, or at least whether it is ours in Sec-Fetch-Site; who sends neither is no
/// browser, and is judged by the login alone.
Result<void> RequestGate::check_page(HeadParser const& head, std::string_view host, bool over_tls) const
{
    auto const origin = origin_of(head);
    if (is_allowed_origin(origin)) return {};
    auto page_host = origin;
    // A page of the same host that came in plain text may be anybody's who is on the way.
    auto const* const own_scheme = over_tls ? "https" : "http";
    bool const is_own = take_scheme(page_host) == own_scheme && same_name(page_host, host);
    if (!origin.empty() && !is_own && !is_public_origin(origin)) {
        return Error{Errc::forbidden, "the Origin " + printable(origin) +
                                          " is foreign: only pages of this server may call it; behind a proxy it "
                                          "must know its PUBLIC_URL"};
    }
    auto const site = view(head.get()["Sec-Fetch-Site"]);
    if (origin.empty() && !site.empty() && site != "same-origin" && site != "none" && !only_reads(head))
        return Error{Errc::forbidden, "a foreign page asks (Sec-Fetch-Site): only pages of this server may change it"};
    return {};
}

Sender RequestGate::sender_of(HeadParser const& head, std::string_view host) const
{
    Sender sender;
    sender.over_tls = ends_.is_tls || came_by_public_https(head, host);
    if (!from_proxy_) {
        // With a public URL and no proxy that is known, whoever asks from this machine, or tells of a proxy, may be
        // one.
        bool const tells = tells_of_a_proxy(head);
        bool const may_be_proxy = options_.public_url && options_.proxies.empty() && (from_here_ || tells);
        sender.address = may_be_proxy ? std::string() : peer_;
        sender.is_certain = !may_be_proxy && !tells;
        return sender;
    }
    sender.address = client_in(joined(head, "X-Forwarded-For"), options_.proxies);
    sender.is_certain = !sender.address.empty();
    auto const schemes = joined(head, "X-Forwarded-Proto");
    if (!schemes.empty()) {
        std::string_view list = schemes;
        sender.over_tls = same_name(take_last(list), "https");
    }
    return sender;
}

void RequestGate::allow_foreign_page(std::string_view origin, Response& answer) const
{
    if (!is_allowed_origin(origin)) return;
    answer.headers.add("Access-Control-Allow-Origin", std::string(origin));
    answer.headers.add("Access-Control-Allow-Credentials", "true");
    answer.headers.add("Vary", "Origin");
}

bool RequestGate::is_known_host(std::string_view host)
{
    constexpr std::size_t max_known_bytes = 64;
    if (host == known_host_) return true;
    auto const authority = parse_authority(host);
    if (!authority) return false;
    bool is_known = is_loopback(authority->host) || same_name(options_.host, authority->host);
    if (!is_known && options_.allowed_hosts) {
        auto const& names = *options_.allowed_hosts;
        auto const is_same = [&](auto const& name) { return same_name(name, authority->host); };
        is_known = std::any_of(names.begin(), names.end(), is_same) || is_public_host(host) ||
                   parse_address(authority->host) == parse_address(to_text(ends_.own));
    }
    if (is_known && host.size() <= max_known_bytes) known_host_ = host;
    return is_known;
}

/// As far as the request tells: a proxy that takes TLS off says so, or at least passes the name on.
bool RequestGate::came_by_public_https(HeadParser const& head, std::string_view host) const
{
    auto const& url = options_.public_url;
    if (!url || url->scheme != "https") return false;
    return is_public_origin(origin_of(head)) || without_default_port("https", host) == public_authority_;
}

bool RequestGate::is_public_host(std::string_view host) const
{
    if (!options_.public_url) return false;
    auto const authority = parse_authority(host);
    return authority && same_name(authority->host, options_.public_url->authority.host);
}

bool RequestGate::is_public_origin(std::string_view origin) const
{
    if (!options_.public_url || take_scheme(origin) != options_.public_url->scheme) return false;
    return without_default_port(options_.public_url->scheme, origin) == public_authority_;
}

bool RequestGate::is_allowed_origin(std::string_view origin) const
{
    auto const& allowed = options_.allowed_origins;
    return !origin.empty() && std::find(allowed.begin(), allowed.end(), origin) != allowed.end();
}

} // namespace learning_loop::http
