#pragma once

#include <cstddef>

namespace learning_loop::socketio {

/// The events of a connection whose handlers are running.
struct Load {
    int events = 0;
    std::size_t bytes = 0;
};

/// Counts an event as part of a load until its handler has ended, in whatever way.
class InFlight {
public:
    InFlight(Load& load, std::size_t bytes) : load_(load), bytes_(bytes)
    {
        ++load_.events;
        load_.bytes += bytes_;
    }
    InFlight(InFlight const&) = delete;
    InFlight& operator=(InFlight const&) = delete;
    ~InFlight()
    {
        --load_.events;
        load_.bytes -= bytes_;
    }

private:
    Load& load_;
    std::size_t bytes_;
};

/// How many events of a peer may be in flight on one connection.
struct LoadLimits {
    int max_events = 100;
    std::size_t max_bytes = 128u << 20; ///< In memory. A single event may have more.

    /// Whether an event of this size may be added to the load.
    bool allow(Load const& load, std::size_t bytes) const
    {
        return load.events == 0 || (load.events < max_events && load.bytes + bytes <= max_bytes);
    }
};

} // namespace learning_loop::socketio
