// The dialect of the kernels on the host: a block's threads are fibers of one thread, which change over at barriers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

#define DEVICE [[maybe_unused]] static inline
#define DEVICE_MEMBER inline
#define LAMBDA
#define DEVICE_CALL [[maybe_unused]] static
#define CONSTANT static const
#define UNROLL
#define NO_UNROLL
#define KERNEL(name, threads, ...)                                                        \
    static void name(__VA_ARGS__);                                                        \
    static const emulator::Enrolled name##_enrolled(#name, threads, emulator::unpack(&name)); \
    static void name(__VA_ARGS__)

namespace emulator
{
using Body = void (*)(void *function, void **arguments);

struct Kernel
{
    Body body;
    void *function;
    unsigned maximum_threads;
};

struct Unpacked
{
    Body body;
    void *function;
};

// Calls a kernel with arguments as the driver is given them: addresses of values of the parameters' types.
template <class... Arguments>
Unpacked unpack(void (*kernel)(Arguments...))
{
    Body body = [](void *function, void **arguments) {
        auto call = [&]<std::size_t... I>(std::index_sequence<I...>) {
            reinterpret_cast<void (*)(Arguments...)>(function)(*static_cast<Arguments *>(arguments[I])...);
        };
        call(std::index_sequence_for<Arguments...>{});
    };
    return {body, reinterpret_cast<void *>(kernel)};
}

struct Enrolled
{
    Enrolled(const char *name, unsigned maximum_threads, Unpacked kernel);
};

// Where the running fiber stands.
struct Place
{
    unsigned thread_x, block_x, block_y, block_size, grid_x;
    unsigned char *shared;
};

extern thread_local Place place;

const Kernel *find(const char *name);

// Runs a grid to its end. False if threads of a block waited at a barrier while others had returned.
bool run(const Kernel &kernel, void **arguments, unsigned grid_x, unsigned grid_y, unsigned block, unsigned shared_bytes);

void barrier();
}

template <class T>
DEVICE T *shared_memory() { return reinterpret_cast<T *>(emulator::place.shared); }

DEVICE u32 thread_x() { return emulator::place.thread_x; }
DEVICE u32 block_x() { return emulator::place.block_x; }
DEVICE u32 block_y() { return emulator::place.block_y; }
DEVICE u32 block_size() { return emulator::place.block_size; }
DEVICE u32 grid_x() { return emulator::place.grid_x; }
DEVICE void sync_threads() { emulator::barrier(); }
DEVICE u32 mul_hi(u32 a, u32 b) { return (u32)((u64)a * b >> 32); }
DEVICE u32 rotate_left(u32 value, u32 bits) { bits &= 31; return bits == 0 ? value : value << bits | value >> (32 - bits); }
DEVICE u32 mul_low(u32 a, u32 b) { return a * b; }
DEVICE u32 mul_add_low(u32 a, u32 b, u32 c) { return a * b + c; }
DEVICE u64 mul_wide(u32 a, u32 b) { return (u64)a * b; }
DEVICE u64 mul_add_wide(u32 a, u32 b, u64 c) { return (u64)a * b + c; }
DEVICE u32 funnel_left(u32 low, u32 high, u32 bits) { bits &= 31; return bits == 0 ? high : high << bits | low >> (32 - bits); }
DEVICE u32 xor3(u32 a, u32 b, u32 c) { return a ^ b ^ c; }
DEVICE u32 xor_and_not(u32 a, u32 b, u32 c) { return a ^ (b & ~c); }
DEVICE u32 choose(u32 a, u32 b, u32 c) { return (a & b) | (~a & c); }
DEVICE u32 majority(u32 a, u32 b, u32 c) { return (a & b) | (a & c) | (b & c); }
DEVICE u32 load_read_only(u64 address) { return *reinterpret_cast<const u32 *>(address); }
DEVICE u32 byte_swap(u32 value) { return __builtin_bswap32(value); }
DEVICE u32 reverse_bits(u32 value)
{
    u32 reversed = 0;
    for (int i = 0; i < 32; i++) reversed |= (value >> i & 1) << (31 - i);
    return reversed;
}
DEVICE void atomic_min(u64 *address, u64 value) { if (value < *address) *address = value; }
