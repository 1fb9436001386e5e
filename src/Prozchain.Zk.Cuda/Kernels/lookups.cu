// The columns of the lookup argument from the values and numerators of each row's fractions: see Backend/DeviceLookups.cs.
#include "extension.cuh"

// Coordinates of an extension's values lie apart.
template <class E>
DEVICE Extended<E> load_extended(const u32 *values, u64 stride)
{
    Extended<E> value;
    UNROLL for (u32 k = 0; k < E::DEGREE; k++) value.at[k] = {values[k * stride]};
    return value;
}

template <class E>
DEVICE void store_extended(u32 *values, u64 stride, Extended<E> value)
{
    UNROLL for (u32 k = 0; k < E::DEGREE; k++) values[k * stride] = value.at[k].value;
}

// Of rows start and on: with v_g and n_g of each group (in this order, rows at hand), puts the product P of all v in extension column 0
// and n_g P / v_g in column 1 + g. 5 words a group and coordinate pass to and from memory; 4 products a group.
template <class E>
DEVICE void cross_fractions(u32 *columns, u64 stride, const u32 *fractions, u32 fractions_stride, u32 groups, u32 start, u32 count)
{
    constexpr u32 D = E::DEGREE;
    u32 row = (u32)global_thread();
    if (row >= count) return;
    u32 *target = columns + start + row;
    const u32 *values = fractions + row, *numerators = values + (u64)groups * D * fractions_stride;
    Extended<E> product = embed<E>(one<typename E::Base>());
    for (u32 g = 0; g < groups; g++)
    {
        u64 at = (u64)g * D * fractions_stride;
        store_extended(target + (u64)(1 + g) * D * stride, stride, load_extended<E>(numerators + at, fractions_stride) * product);
        product = product * load_extended<E>(values + at, fractions_stride);
    }
    store_extended(target, stride, product);
    Extended<E> after = embed<E>(one<typename E::Base>());
    for (u32 g = groups; g-- > 0;)
    {
        u32 *fraction = target + (u64)(1 + g) * D * stride;
        store_extended(fraction, stride, load_extended<E>(fraction, stride) * after);
        if (g > 0) after = after * load_extended<E>(values + (u64)g * D * fractions_stride, fractions_stride);
    }
}

constexpr u32 FACTORS = 4;

// Products of the 4 values that lie count apart.
template <class E>
DEVICE void multiply_up(u32 *products, u64 products_stride, const u32 *values, u64 stride, u32 count)
{
    u32 i = (u32)global_thread();
    if (i >= count) return;
    Extended<E> product = load_extended<E>(values + i, stride);
    UNROLL for (u32 j = 1; j < FACTORS; j++) product = product * load_extended<E>(values + i + (u64)j * count, stride);
    store_extended(products + i, products_stride, product);
}

// Inverses of the 4 values that lie count apart, from that of their product, in their place. Under 2 products a value.
template <class E>
DEVICE void invert_down(u32 *values, u64 stride, const u32 *inverses, u64 inverses_stride, u32 count)
{
    u32 i = (u32)global_thread();
    if (i >= count) return;
    Extended<E> before[FACTORS - 1];
    before[0] = load_extended<E>(values + i, stride);
    UNROLL for (u32 j = 1; j + 1 < FACTORS; j++) before[j] = before[j - 1] * load_extended<E>(values + i + (u64)j * count, stride);
    Extended<E> inverse = load_extended<E>(inverses + i, inverses_stride);
    UNROLL for (u32 step = 0; step + 1 < FACTORS; step++)
    {
        u32 j = FACTORS - 1 - step;
        u32 *at = values + i + (u64)j * count;
        Extended<E> value = load_extended<E>(at, stride);
        store_extended(at, stride, inverse * before[j - 1]);
        inverse = inverse * value;
    }
    store_extended(values + i, stride, inverse);
}

// With 1 / P in column 0: the fractions in the columns after it, and their sum in it.
template <class E>
DEVICE void finish_fractions(u32 *columns, u64 stride, u32 groups, u32 count)
{
    u32 row = (u32)global_thread();
    if (row >= count) return;
    u32 *target = columns + row;
    Extended<E> inverse = load_extended<E>(target, stride), sum = zero_extended<E>();
    for (u32 g = 0; g < groups; g++)
    {
        u32 *at = target + (u64)(1 + g) * E::DEGREE * stride;
        Extended<E> fraction = load_extended<E>(at, stride) * inverse;
        store_extended(at, stride, fraction);
        sum = sum + fraction;
    }
    store_extended(target, stride, sum);
}

constexpr u32 SCAN_THREADS = 256, SCAN_EACH = 8, SCAN_TILE = SCAN_THREADS * SCAN_EACH;

// Sums before each thread's in the block; all of the block's in the total.
template <class Prime>
DEVICE Element<Prime> sum_before(Element<Prime> value, Element<Prime> &total)
{
    Element<Prime> *sums = shared_memory<Element<Prime>>();
    u32 thread = thread_x();
    sums[thread] = value;
    sync_threads();
    for (u32 distance = 1; distance < SCAN_THREADS; distance *= 2)
    {
        Element<Prime> sum = sums[thread];
        if (thread >= distance) sum = sum + sums[thread - distance];
        sync_threads();
        sums[thread] = sum;
        sync_threads();
    }
    total = sums[SCAN_THREADS - 1];
    Element<Prime> before = sums[thread] - value;
    sync_threads();
    return before;
}

// Of column block_y, the sum of each block's values.
template <class Prime>
DEVICE void add_up(Element<Prime> *totals, u64 totals_stride, const Element<Prime> *columns, u64 stride, u32 count)
{
    const Element<Prime> *column = columns + block_y() * stride;
    Element<Prime> sum = {0}, total;
    UNROLL for (u32 j = 0; j < SCAN_EACH; j++)
    {
        u32 i = block_x() * SCAN_TILE + j * SCAN_THREADS + thread_x();
        if (i < count) sum = sum + column[i];
    }
    sum_before(sum, total);
    if (thread_x() == 0) totals[block_y() * totals_stride + block_x()] = total;
}

// Of column block_y, for each value the sum of those before it, in its place. A block does its tile from a carry on, or, where there are no carries, one
// block does the whole column and leaves the sum of all in the value after the last.
template <class Prime>
DEVICE void scan(Element<Prime> *columns, u64 stride, u32 count, const Element<Prime> *carries, u64 carries_stride)
{
    Element<Prime> *column = columns + block_y() * stride;
    Element<Prime> carry = {0};
    u32 first = 0, end = count;
    if (carries != nullptr)
    {
        carry = carries[block_y() * carries_stride + block_x()];
        first = block_x() * SCAN_TILE;
        end = min_u32(count, first + SCAN_TILE);
    }
    for (u32 tile = first; tile < end; tile += SCAN_THREADS)
    {
        u32 i = tile + thread_x();
        Element<Prime> value = {0}, total;
        if (i < end) value = column[i];
        Element<Prime> before = sum_before(value, total);
        if (i < end) column[i] = carry + before;
        carry = carry + total;
    }
    if (carries == nullptr && thread_x() == 0) column[count] = carry;
}

#define PROZCHAIN_LOOKUPS(prefix, type)                                                                                                     \
    KERNEL(prefix##_cross, 256, u32 *columns, u64 stride, const u32 *fractions, u32 fractions_stride, u32 groups, u32 start, u32 count)     \
    {                                                                                                                                       \
        cross_fractions<type>(columns, stride, fractions, fractions_stride, groups, start, count);                                          \
    }                                                                                                                                       \
    KERNEL(prefix##_multiply_up, 128, u32 *products, u64 products_stride, const u32 *values, u64 stride, u32 count)                         \
    {                                                                                                                                       \
        multiply_up<type>(products, products_stride, values, stride, count);                                                                \
    }                                                                                                                                       \
    KERNEL(prefix##_invert_down, 128, u32 *values, u64 stride, const u32 *inverses, u64 inverses_stride, u32 count)                         \
    {                                                                                                                                       \
        invert_down<type>(values, stride, inverses, inverses_stride, count);                                                                \
    }                                                                                                                                       \
    KERNEL(prefix##_finish_fractions, 256, u32 *columns, u64 stride, u32 groups, u32 count) { finish_fractions<type>(columns, stride, groups, count); }
PROZCHAIN_EACH_EXTENSION(PROZCHAIN_LOOKUPS)

#define PROZCHAIN_SCAN(prefix, prime)                                                                                                        \
    KERNEL(prefix##_add_up, 256, u32 *totals, u64 totals_stride, const u32 *columns, u64 stride, u32 count)                                  \
    {                                                                                                                                        \
        add_up<prime>(reinterpret_cast<Element<prime> *>(totals), totals_stride, reinterpret_cast<const Element<prime> *>(columns), stride, count); \
    }                                                                                                                                        \
    KERNEL(prefix##_scan, 256, u32 *columns, u64 stride, u32 count, const u32 *carries, u64 carries_stride)                                  \
    {                                                                                                                                        \
        scan<prime>(reinterpret_cast<Element<prime> *>(columns), stride, count, reinterpret_cast<const Element<prime> *>(carries), carries_stride); \
    }
PROZCHAIN_SCAN(koalabear, KoalaBear)
PROZCHAIN_SCAN(babybear, BabyBear)
