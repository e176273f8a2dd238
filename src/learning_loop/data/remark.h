#pragma once

#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>

#include <string>
#include <vector>

namespace learning_loop {

/// Something of an upload that made no sense and was set aside, or was kept in another form, so that the rest could be
/// kept.
struct Remark {
    std::string field;  ///< Where it stood, as `box_detections[2]`.
    std::string reason; ///< What is wrong with it, for people.
    std::string value;  ///< Its text as it came; what is long is cut.
};
BOOST_DESCRIBE_STRUCT(Remark, (), (field, reason, value))

/// What is kept of one upload: some remarks, and one that counts the rest.
class Remarks {
public:
    static constexpr std::size_t max_remarks = 50;
    static constexpr std::size_t max_value_bytes = 500;

    Remarks() = default;
    explicit Remarks(std::vector<Remark> list) : list_(std::move(list)) {}

    void add(std::string field, std::string reason, std::string_view value);
    std::vector<Remark> const& list() const { return list_; }
    bool empty() const { return list_.empty(); }
    std::size_t count() const { return left_out_ == 0 ? list_.size() : max_remarks + left_out_; } ///< Of all.

private:
    std::vector<Remark> list_;
    std::size_t left_out_ = 0;
};

// Compiled once, in the .cpp.
extern template JsonType const& json_type<Remark>();

} // namespace learning_loop
