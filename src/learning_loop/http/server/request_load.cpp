#include "learning_loop/http/server/request_load.h"

#include <limits>

namespace learning_loop::http {
namespace {

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

BodyBudget part_of(BodyBudget const& whole, std::size_t max_bytes)
{
    return max_bytes == 0 ? whole : whole.within(max_bytes);
}

bool is_full(std::size_t open, std::size_t limit)
{
    return limit != 0 && open >= limit;
}

} // namespace

RequestLoad::RequestLoad(RequestLimits const& limits, BodyBudget memory)
    : limits_(limits),
      all_{std::move(memory), BodyBudget(limits.uploads_bytes == 0 ? unlimited : limits.uploads_bytes)},
      unknown_{part_of(all_.memory, limits.memory_of_unknown_bytes), all_.uploads},
      visitors_{limits.memory_of_visitors_bytes == 0 ? all_.memory : BodyBudget(limits.memory_of_visitors_bytes),
                all_.uploads}
{}

Result<RequestLoad::Ticket> RequestLoad::begin(Sender const& sender, Crowd crowd)
{
    auto const address = group_of(sender, crowd);
    auto const max_open = crowd == Crowd::known ? limits_.open_of_one : limits_.open_of_unknown_one;
    if (address && is_full((*address)->second.open, max_open)) {
        return Error{Errc::too_many, "too many requests from " + sender.address +
                                         " are open: wait for the answers before asking for more"};
    }
    Ticket ticket(*this, address ? (*address)->second : group_of(crowd));
    ticket.address_ = address;
    ticket.crowd_ = crowd;
    if (address) ++(*address)->second.open;
    if (crowd != Crowd::known) ++group_of(crowd).open;
    ++all_.open;
    return ticket;
}

bool RequestLoad::is_too_large(Crowd crowd) const
{
    if (crowd == Crowd::known) return false;
    auto const& [group, limit] = crowd == Crowd::unknown ? std::pair(&unknown_, limits_.open_of_unknown)
                                                         : std::pair(&visitors_, limits_.open_of_visitors);
    return limit != 0 && group->open > limit;
}

RequestLoad::Group& RequestLoad::group_of(Crowd crowd)
{
    switch (crowd) {
    case Crowd::known: break;
    case Crowd::unknown: return unknown_;
    case Crowd::visitors: return visitors_;
    }
    return all_;
}

/// nullopt: senders are not told apart, or a proxy does not tell who this one is.
std::optional<RequestLoad::Addresses::iterator> RequestLoad::group_of(Sender const& sender, Crowd crowd)
{
    bool const is_bounded = limits_.open_of_one + limits_.open_of_unknown_one + limits_.memory_of_one_bytes +
                                limits_.uploads_of_one_bytes !=
                            0;
    if (!is_bounded || sender.address.empty()) return std::nullopt;
    Key key{counted_as(sender.address), crowd};
    auto const found = addresses_.find(key);
    if (found != addresses_.end()) return found;
    auto const& within = group_of(crowd);
    Group group{part_of(within.memory, limits_.memory_of_one_bytes),
                part_of(within.uploads, limits_.uploads_of_one_bytes)};
    return addresses_.emplace(std::move(key), std::move(group)).first;
}

RequestLoad::Ticket::Ticket(Ticket&& other) noexcept
    : load_(std::exchange(other.load_, nullptr)),
      memory_(std::move(other.memory_)),
      uploads_(std::move(other.uploads_)),
      address_(other.address_),
      crowd_(other.crowd_)
{}

void RequestLoad::Ticket::give_back()
{
    auto* const load = std::exchange(load_, nullptr);
    if (!load) return;
    --load->all_.open;
    if (crowd_ != Crowd::known) --load->group_of(crowd_).open;
    if (address_ && --(*address_)->second.open == 0) load->addresses_.erase(*address_);
}

} // namespace learning_loop::http
