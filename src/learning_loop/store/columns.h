#pragma once

#include "learning_loop/json/description.h"
#include "learning_loop/store/database.h"

#include <array>
#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// Reads and writes rows by the descriptions of their structs (tables.h): a column is the field of the same name. What
// is compiled for each table is short; statements are put together by code that does not know the types.

namespace learning_loop::store {

/// The table of a row's struct. To be specialised.
template <class R>
inline constexpr std::string_view table_of = "";

/// A struct that is a row.
template <class R>
concept TableRow = DescribedStruct<R> && !table_of<R>.empty();

// The values of columns. Texts, numbers, words of enums, and optionals of them, which may be NULL.

/// Throws DatabaseError if no word has the value.
std::string text_of_word(std::int64_t value, std::span<reflect_detail::Word const> words);

inline Value value_of(std::string text)
{
    return text;
}
inline Value value_of(double number)
{
    return number;
}
template <std::signed_integral T>
Value value_of(T number)
{
    return static_cast<std::int64_t>(number);
}
template <class T>
    requires(std::unsigned_integral<T> || std::same_as<T, float>)
Value value_of(T) = delete; // PostgreSQL has no unsigned numbers, and a bool is no number there
template <DescribedEnum T>
Value value_of(T word)
{
    return text_of_word(static_cast<std::int64_t>(word), reflect_detail::words_of<T>());
}
template <class T>
Value value_of(std::optional<T> value)
{
    return value ? value_of(std::move(*value)) : Value(nullptr);
}

// These throw DatabaseError if the column holds another type than is asked for.
void read_column(Row const& row, std::size_t column, std::int64_t& into);
void read_column(Row const& row, std::size_t column, int& into);
void read_column(Row const& row, std::size_t column, double& into); ///< Of a whole number, too.
void read_column(Row const& row, std::size_t column, std::string& into);
std::int64_t word_in(Row const& row, std::size_t column, std::span<reflect_detail::Word const> words);
bool is_null(Row const& row, std::size_t column);

template <DescribedEnum T>
void read_column(Row const& row, std::size_t column, T& into)
{
    into = static_cast<T>(word_in(row, column, reflect_detail::words_of<T>()));
}
template <class T>
void read_column(Row const& row, std::size_t column, std::optional<T>& into)
{
    into.reset();
    if (!is_null(row, column)) read_column(row, column, into.emplace());
}

/// One column of an answer.
template <class T>
T column(Row const& row, std::size_t index)
{
    T value{};
    read_column(row, index, value);
    return value;
}

/// The column that the database fills, in the tables that have it: inserts leave it out.
inline constexpr std::string_view given_by_database = "number";

namespace columns_detail {

using Names = std::span<char const* const>;

template <template <class...> class List, class... Member>
constexpr std::array<char const*, sizeof...(Member)> names_of(List<Member...>)
{
    return {Member::name...};
}

template <TableRow R>
Names names()
{
    static constexpr auto list = names_of(reflect_detail::Members<R>{});
    return list;
}

std::string select_text(std::string_view table, Names names);
std::string insert_text(std::string_view table, Names names, std::string_view ending);
std::string upsert_ending(std::string_view key, Names names);

template <TableRow R>
void visit_fields(auto&& visit)
{
    boost::mp11::mp_for_each<reflect_detail::Members<R>>(visit);
}

/// What an insert gives.
template <TableRow R>
Values values_of(R row)
{
    Values values;
    values.reserve(names<R>().size());
    visit_fields<R>([&](auto member) {
        if (member.name != given_by_database) values.push_back(value_of(std::move(row.*decltype(member)::pointer)));
    });
    return values;
}

} // namespace columns_detail

/// The row of a struct, from the columns that `select` asks for.
template <TableRow R>
R from_row(Row const& row)
{
    R read{};
    std::size_t index = 0;
    columns_detail::visit_fields<R>([&](auto member) { read_column(row, index++, read.*decltype(member)::pointer); });
    return read;
}

/// `SELECT <every column> FROM <table> <clause>`; the clause is of a fixed set of texts.
template <TableRow R>
std::string select(std::string_view clause)
{
    static std::string const text = columns_detail::select_text(table_of<R>, columns_detail::names<R>());
    return text + std::string(clause);
}

/// Hands over the rows that the clause selects, one after the other.
template <TableRow R>
void for_each(Database& database, std::string_view clause, Values const& values, auto&& use)
{
    database.for_each(select<R>(clause), values, [&](Row const& row) { use(from_row<R>(row)); });
}

template <TableRow R>
std::vector<R> find_rows(Database& database, std::string_view clause, Values const& values)
{
    std::vector<R> rows;
    for_each<R>(database, clause, values, [&](R row) { rows.push_back(std::move(row)); });
    return rows;
}

/// Returns the first row that the clause selects, if there is one.
template <TableRow R>
std::optional<R> find_row(Database& database, std::string_view clause, Values const& values)
{
    auto const row = database.query_one(select<R>(clause), values);
    return row ? std::optional(from_row<R>(*row)) : std::nullopt;
}

/// Inserts the row; a table that numbers its rows itself gives it the next number.
template <TableRow R>
void insert(Database& database, R row)
{
    static std::string const text = columns_detail::insert_text(table_of<R>, columns_detail::names<R>(), "");
    database.execute(text, columns_detail::values_of(std::move(row)));
}

/// The same, and returns the number.
template <TableRow R>
std::int64_t insert_numbered(Database& database, R row)
{
    static std::string const text =
        columns_detail::insert_text(table_of<R>, columns_detail::names<R>(), " RETURNING number");
    return column<std::int64_t>(database.query_one(text, columns_detail::values_of(std::move(row))).value(), 0);
}

/// Inserts the row, but does nothing if one of the table's unique keys is taken.
template <TableRow R>
void insert_if_new(Database& database, R row)
{
    static std::string const text =
        columns_detail::insert_text(table_of<R>, columns_detail::names<R>(), " ON CONFLICT DO NOTHING");
    database.execute(text, columns_detail::values_of(std::move(row)));
}

/// Inserts the row, or replaces the one with the same key, which is a list of columns: the whole of it, so what the row
/// leaves at an initial value is lost.
template <TableRow R>
void upsert(Database& database, R row, std::string_view key)
{
    auto const text = columns_detail::insert_text(table_of<R>, columns_detail::names<R>(),
                                                  columns_detail::upsert_ending(key, columns_detail::names<R>()));
    database.execute(text, columns_detail::values_of(std::move(row)));
}

} // namespace learning_loop::store
