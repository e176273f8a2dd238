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
    request.caller.may = Access::people;
    if (route.access != Access::operators) return {};
    if (token_.empty() && without_token_ == WithoutToken::closed) {
        return Error{Errc::forbidden, "this changes how the node runs: it takes a token beyond this machine, and none "
                                      "is set (NODE_TOKEN)"};
    }
    auto const given = request.bearer_token();
    if (!token_.empty() && !(given && same_secret(*given, token_.reveal())))
        return Error{Errc::unauthorized, "send the node's token (NODE_TOKEN) as `Authorization: Bearer <token>`"};
    request.caller.may = Access::operators;
    return {};
}

} // namespace learning_loop::http
