#pragma once

#include "learning_loop/async/task.h"

namespace learning_loop {

class TaskGroup;

/// What a program consists of, beside what every program has (see Runner). Its constructor builds everything in the
/// order of dependency and adds the routes; the server that serves them comes later. All functions are called by the
/// Runner. If `disconnect` or `finish` throws, the process ends with 3.
class Parts {
public:
    virtual ~Parts() = default;

    /// Spawns the tasks that run until the end of the program. By default none.
    virtual void start(TaskGroup& tasks);

    /// The first step of the end, after the tasks were cancelled: closes connections that would stay open for long
    /// (Socket.IO). By default none.
    virtual Task<> disconnect();

    /// The last step of the end, when no request is in flight any more. Returns false if something hangs, so that only
    /// the end of the process can end it. By default true.
    virtual Task<bool> finish();
};

} // namespace learning_loop
