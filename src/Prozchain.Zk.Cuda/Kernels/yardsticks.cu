// What a device can do at best, to hold kernels against: operations on registers that depend on nothing but themselves; and values to work on.
#include "dialect.cuh"

constexpr u32 CHAINS = 8, STEPS = 16;

// A chain of 32-bit products with an addition.
struct MultiplyAdd
{
    using Word = u32;
    DEVICE_MEMBER static void step(Word *x, u32 a, u32 b) { UNROLL for (u32 j = 0; j < CHAINS; j++) x[j] = mul_add_low(x[j], a, b); }
};

// Products of 32 by 32 bits with a term of 64.
struct MultiplyWide
{
    using Word = u64;
    DEVICE_MEMBER static void step(Word *x, u32 a, u32) { UNROLL for (u32 j = 0; j < CHAINS; j++) x[j] = mul_add_wide((u32)x[j], a, x[j]); }
};

// Functions of three words, of other words each time, so that no two of them make one.
struct Logic
{
    using Word = u32;
    DEVICE_MEMBER static void step(Word *x, u32, u32) { UNROLL for (u32 j = 0; j < CHAINS; j++) x[j] = xor_and_not(x[j], x[(j + 1) % CHAINS], x[(j + 2) % CHAINS]); }
};

// CHAINS * STEPS * rounds operations a thread, of which the exclusive or of all chains is kept.
template <class Operation>
DEVICE void work(u32 *target, u32 rounds, u32 a, u32 b)
{
    typename Operation::Word x[CHAINS];
    UNROLL for (u32 j = 0; j < CHAINS; j++) x[j] = mul_low((u32)global_thread() * CHAINS + j + 1, a);
    NO_UNROLL for (u32 round = 0; round < rounds; round++)
        UNROLL for (u32 i = 0; i < STEPS; i++) Operation::step(x, a, b);
    typename Operation::Word sum = 0;
    UNROLL for (u32 j = 0; j < CHAINS; j++) sum ^= x[j];
    target[global_thread()] = (u32)sum;
}

KERNEL(yardstick_multiply_add, 256, u32 *target, u32 rounds, u32 a, u32 b) { work<MultiplyAdd>(target, rounds, a, b); }
KERNEL(yardstick_multiply_wide, 256, u32 *target, u32 rounds, u32 a, u32 b) { work<MultiplyWide>(target, rounds, a, b); }
KERNEL(yardstick_logic, 256, u32 *target, u32 rounds, u32 a, u32 b) { work<Logic>(target, rounds, a, b); }

// Words below a modulus that look random.
KERNEL(yardstick_fill, 256, u32 *target, u64 count, u32 modulus, u32 seed)
{
    for (u64 i = global_thread(); i < count; i += global_threads())
    {
        u32 x = ((u32)i + seed) * 0x9e3779b9u;
        x = (x ^ x >> 16) * 0x85ebca6bu;
        x = (x ^ x >> 13) * 0xc2b2ae35u;
        target[i] = mul_hi(x ^ x >> 16, modulus);
    }
}
