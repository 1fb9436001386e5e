// Folds of codewords: coordinate by coordinate, in bit-reversed order.
#include "points.cuh"

// f(x) = Σ x^j f_j(x^arity) becomes Σ β^j f_j, a row being 2^LOG_ARITY neighbouring values, by halves: a at x and b at -x become (a + b) / 2 + β (a - b) / (2x).
template <class E, u32 LOG_ARITY>
DEVICE void fold(u32 *target, const u32 *codeword, const u32 *beta, u32 log_rows, u32 inverse_shift, const u32 *roots)
{
    using Base = typename E::Base;
    constexpr u32 D = E::DEGREE, ARITY = 1u << LOG_ARITY;
    constexpr Element<Base> HALF = {Base::ONE % 2 == 0 ? Base::ONE / 2 : (Base::ONE + Base::P) / 2};
    u64 rows = 1ull << log_rows;
    for (u64 i = global_thread(); i < rows; i += global_threads())
    {
        Extended<E> values[ARITY], power;
        UNROLL for (u32 value = 0; value < ARITY; value++)
            UNROLL for (u32 k = 0; k < D; k++) values[value].at[k] = {codeword[((k * rows + i) << LOG_ARITY) + value]};
        UNROLL for (u32 k = 0; k < D; k++) power.at[k] = {beta[k]};
        // 1 / x of the row's first value, over 2.
        Element<Base> inverse_x = Element<Base>{inverse_shift} * HALF;
        if (log_rows != 0) inverse_x = inverse_x * root_power<Base, true>({roots}, log_rows + LOG_ARITY, reversed((u32)i, log_rows));
        UNROLL for (u32 level = 0; level < LOG_ARITY; level++)
        {
            UNROLL for (u32 pair = 0; pair < ARITY >> level >> 1; pair++)
            {
                Extended<E> a = values[2 * pair], b = values[2 * pair + 1];
                // The x of the pair is the row's times a root of the order of the values, to the reverse of its number.
                u32 bits = LOG_ARITY - level - 1, number = bits == 0 ? 0 : reversed(pair, bits);
                Element<Base> factor = number == 0 ? inverse_x : inverse_x * sixteenth<Base, true>(number << (3 - bits));
                values[pair] = (a + b) * HALF + power * ((a - b) * factor);
            }
            power = power * power;
            // The square of 1 / 2x, over 2.
            inverse_x = inverse_x * inverse_x;
            inverse_x = inverse_x + inverse_x;
        }
        UNROLL for (u32 k = 0; k < D; k++) target[k * rows + i] = values[0].at[k].value;
    }
}

template <class E>
DEVICE void add_scaled(u32 *sum, const u32 *other, const u32 *factor, u64 size)
{
    using Base = typename E::Base;
    for (u64 i = global_thread(); i < size; i += global_threads())
    {
        Extended<E> value, scale;
        UNROLL for (u32 k = 0; k < E::DEGREE; k++)
        {
            value.at[k] = {other[k * size + i]};
            scale.at[k] = {factor[k]};
        }
        value = value * scale;
        UNROLL for (u32 k = 0; k < E::DEGREE; k++) sum[k * size + i] = (Element<Base>{sum[k * size + i]} + value.at[k]).value;
    }
}

#define PROZCHAIN_FOLD(name, type, arity) \
    KERNEL(name, 256, u32 *target, const u32 *codeword, const u32 *beta, u32 log_rows, u32 inverse_shift, const u32 *roots) \
    { fold<type, arity>(target, codeword, beta, log_rows, inverse_shift, roots); }
#define PROZCHAIN_FOLDS(prefix, type) \
    PROZCHAIN_FOLD(prefix##_fold1, type, 1) \
    PROZCHAIN_FOLD(prefix##_fold2, type, 2) \
    PROZCHAIN_FOLD(prefix##_fold3, type, 3) \
    KERNEL(prefix##_add_scaled, 256, u32 *sum, const u32 *other, const u32 *factor, u64 size) { add_scaled<type>(sum, other, factor, size); }
PROZCHAIN_EACH_EXTENSION(PROZCHAIN_FOLDS)
