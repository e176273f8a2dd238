#pragma once

#include "learning_loop/detector/outbox/outbox.h"
#include "support/run.h"

#include <string>
#include <utility>
#include <vector>

namespace learning_loop::test {

/// Puts a single image into the outbox.
inline Result<OutboxItem> keep_one(Io& io, Outbox& outbox, std::string jpeg, std::string metadata, bool priority)
{
    std::vector<NewOutboxImage> images;
    images.push_back({Bytes(std::move(jpeg)), std::move(metadata)});
    auto const kept = io.run(outbox.keep(std::move(images), priority));
    if (!kept) return kept.error();
    return kept->front();
}

} // namespace learning_loop::test
