#include "learning_loop/server/nodes/node_owner.h"

namespace learning_loop {

std::string owner_of(http::Caller const& caller)
{
    using Kind = http::Caller::Kind;
    if (caller.kind == Kind::nobody) return "nobody";
    auto owner = caller.kind == Kind::node ? "node " + caller.name : std::string("people");
    if (caller.only) owner += " of " + caller.only->organization + "/" + caller.only->project;
    return owner;
}

bool may_speak_for(std::string const& owner, http::Caller const& caller)
{
    bool const is_for_all = caller.may >= http::Access::people && !caller.only;
    return is_for_all || owner == owner_of(caller);
}

} // namespace learning_loop
