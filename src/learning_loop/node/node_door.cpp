#include "learning_loop/node/node_door.h"

#include "learning_loop/http/loopback.h"
#include "learning_loop/node/settings.h"

namespace learning_loop {

http::OperatorDoor node_door(NodeSettings const& settings)
{
    using WithoutToken = http::OperatorDoor::WithoutToken;
    if (settings.open_control) return {Secret(), WithoutToken::open};
    return {settings.node_token, http::is_loopback(settings.host) ? WithoutToken::open : WithoutToken::closed};
}

} // namespace learning_loop
