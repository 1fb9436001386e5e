// Values of committed columns at points outside their domain, and the combination of the columns into a codeword.
//
// Counts: the sums read each column once, 4 bytes an element, and for each coordinate of each point multiply and add once (3 operations
// of 32 bits with the carry into 64 and the comparison).
#include "points.cuh"

// Weights of the barycentric formula on the first block of an extension, coordinate by coordinate: x / (z - x).
template <class E>
DEVICE void weights(u32 *target, const u32 *point, u32 log_rows, u32 shift, const u32 *roots)
{
    using Base = typename E::Base;
    u64 rows = 1ull << log_rows;
    for_point_inverses<E>(point, log_rows, shift, roots, [=] LAMBDA(u64 i, Element<Base> x, Extended<E> value) {
        value = value * x;
        UNROLL for (u32 power = 0; power < E::DEGREE; power++) target[power * rows + i] = value.at[power].value;
    });
}

constexpr u32 SUM_THREADS = 256, SUM_COLUMNS = 4;

// Sums over rows of weights times values. A block in x takes a share of the rows, one in y SUM_COLUMNS columns; it adds up its threads'
// sums and writes an element of the extension for each column to partial[column][block].
template <class E>
DEVICE void weighted_sums(u32 *partial, const u32 *columns, u64 stride, u32 width, const u32 *weights, u32 log_rows)
{
    using Base = typename E::Base;
    constexpr u32 D = E::DEGREE;
    u64 rows = 1ull << log_rows;
    u32 first = block_y() * SUM_COLUMNS;
    Wide<Base> sums[SUM_COLUMNS][D];
    UNROLL for (u32 c = 0; c < SUM_COLUMNS; c++)
        UNROLL for (u32 k = 0; k < D; k++) sums[c][k] = {0};
    for (u64 i = global_thread(); i < rows; i += global_threads())
    {
        Element<Base> weight[D];
        UNROLL for (u32 k = 0; k < D; k++) weight[k] = {weights[k * rows + i]};
        UNROLL for (u32 c = 0; c < SUM_COLUMNS; c++)
        {
            // A column too many reads the last one again, and is not written.
            Element<Base> value = {columns[min_u32(first + c, width - 1) * stride + i]};
            UNROLL for (u32 k = 0; k < D; k++) sums[c][k] = add_product(sums[c][k], weight[k], value);
        }
    }
    auto *shared = shared_memory<Element<Base>>();
    UNROLL for (u32 c = 0; c < SUM_COLUMNS; c++)
        UNROLL for (u32 k = 0; k < D; k++)
        {
            shared[thread_x()] = reduce(sums[c][k]);
            sync_threads();
            for (u32 half = SUM_THREADS / 2; half > 0; half /= 2)
            {
                if (thread_x() < half) shared[thread_x()] = shared[thread_x()] + shared[thread_x() + half];
                sync_threads();
            }
            if (thread_x() == 0 && first + c < width) partial[((u64)(first + c) * grid_x() + block_x()) * D + k] = shared[0].value;
            sync_threads();
        }
}

// Adds to the sums of one or two points, coordinate by coordinate, Σ λ_k p_k(x) over the columns of a matrix. Coefficients: for each column
// those of the first point, then those of the second; as many points as POINTS.
template <class E, u32 POINTS>
DEVICE void combine_columns(u32 *first_sums, u32 *second_sums, const u32 *columns, u64 stride, u32 width, const u32 *coefficients, u64 rows)
{
    using Base = typename E::Base;
    constexpr u32 D = E::DEGREE;
    for (u64 i = global_thread(); i < rows; i += global_threads())
    {
        Wide<Base> sums[POINTS][D];
        UNROLL for (u32 point = 0; point < POINTS; point++)
            UNROLL for (u32 k = 0; k < D; k++) sums[point][k] = {0};
        const u32 *at = columns + i, *factor = coefficients;
        for (u32 column = 0; column < width; column++, at += stride, factor += POINTS * D)
        {
            Element<Base> value = {*at};
            UNROLL for (u32 point = 0; point < POINTS; point++)
                UNROLL for (u32 k = 0; k < D; k++) sums[point][k] = add_product(sums[point][k], value, {factor[point * D + k]});
        }
        UNROLL for (u32 point = 0; point < POINTS; point++)
            UNROLL for (u32 k = 0; k < D; k++)
            {
                u32 *sum = (point == 0 ? first_sums : second_sums) + k * rows + i;
                *sum = (Element<Base>{*sum} + reduce(sums[point][k])).value;
            }
    }
}

// Adds (v - sum) / (z - x) to a codeword. Points hold v's coordinates, then what point_inverse reads.
template <class E>
DEVICE void divide(u32 *codeword, const u32 *sums, const u32 *point, u32 log_size, u32 shift, u32 is_first, const u32 *roots)
{
    using Base = typename E::Base;
    u64 rows = 1ull << log_size;
    for_point_inverses<E>(point + E::DEGREE, log_size, shift, roots, [=] LAMBDA(u64 i, Element<Base>, Extended<E> inverse_difference) {
        Extended<E> value;
        UNROLL for (u32 k = 0; k < E::DEGREE; k++) value.at[k] = Element<Base>{point[k]} - Element<Base>{sums[k * rows + i]};
        value = value * inverse_difference;
        UNROLL for (u32 k = 0; k < E::DEGREE; k++)
            codeword[k * rows + i] = is_first ? value.at[k].value : (Element<Base>{codeword[k * rows + i]} + value.at[k]).value;
    });
}

#define PROZCHAIN_OPENINGS(prefix, type) \
    KERNEL(prefix##_weights, 256, u32 *target, const u32 *point, u32 log_rows, u32 shift, const u32 *roots) { weights<type>(target, point, log_rows, shift, roots); } \
    KERNEL(prefix##_weighted_sums, SUM_THREADS, u32 *partial, const u32 *columns, u64 stride, u32 width, const u32 *of_rows, u32 log_rows) \
    { weighted_sums<type>(partial, columns, stride, width, of_rows, log_rows); } \
    KERNEL(prefix##_combine_one, 256, u32 *sums, const u32 *columns, u64 stride, u32 width, const u32 *coefficients, u64 rows) \
    { combine_columns<type, 1>(sums, nullptr, columns, stride, width, coefficients, rows); } \
    KERNEL(prefix##_combine_two, 256, u32 *first, u32 *second, const u32 *columns, u64 stride, u32 width, const u32 *coefficients, u64 rows) \
    { combine_columns<type, 2>(first, second, columns, stride, width, coefficients, rows); } \
    KERNEL(prefix##_divide_by_points, 256, u32 *codeword, const u32 *sums, const u32 *point, u32 log_size, u32 shift, u32 is_first, const u32 *roots) \
    { divide<type>(codeword, sums, point, log_size, shift, is_first, roots); }
PROZCHAIN_EACH_EXTENSION(PROZCHAIN_OPENINGS)
