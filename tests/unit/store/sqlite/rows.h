#pragma once

#include "learning_loop/store/columns.h"

#include <string_view>
#include <vector>

namespace learning_loop::store::sqlite {

inline std::vector<Row> rows_of(Database& database, std::string_view sql, Values const& values = {})
{
    std::vector<Row> rows;
    database.for_each(sql, values, [&](Row const& row) { rows.push_back(row); });
    return rows;
}

/// The first column of the first row.
template <class T>
T only(Database& database, std::string_view sql, Values const& values = {})
{
    return column<T>(database.query_one(sql, values).value(), 0);
}

} // namespace learning_loop::store::sqlite
