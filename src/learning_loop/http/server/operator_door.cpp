#include "learning_loop/http/server/operator_door.h"

#include "learning_loop/http/api/router.h"

#include <openssl/crypto.h>

namespace learning_loop::http {
namespace {

bool same_secret(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace

OperatorDoor::OperatorDoor(Secret token, WithoutToken without_token)
    : token_(std::move(token)), without_token_(without_token)
{}

Result<void> OperatorDoor::admit(Route const& route, Request& request)
{
    request.caller.may = is_operator(request) ? Access::operators : Access::people;
    if (route.access != Access::operators) return {};
    return check_operator(request.caller);
}

Result<void> OperatorDoor::check_operator(Caller const& caller) const
{
    if (caller.may >= Access::operators) return {};
    if (token_.empty()) {
        return Error{Errc::forbidden, "this is for the operator of the node: beyond this machine it takes a token, and "
                                      "none is set (NODE_TOKEN)"};
    }
    return Error{Errc::unauthorized, "send the node's token (NODE_TOKEN) as `Authorization: Bearer <token>`"};
}

bool OperatorDoor::is_operator(Request const& request) const
{
    if (token_.empty()) return without_token_ == WithoutToken::open;
    auto const given = request.bearer_token();
    return given && same_secret(*given, token_.reveal());
}

} // namespace learning_loop::http
