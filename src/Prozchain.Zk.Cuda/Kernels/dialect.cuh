// What kernels are written in: CUDA C++ without its headers, so that any clang with the NVPTX target compiles them, nvcc and NVRTC do,
// and a C++ compiler does for the host, where tests run them in a grid of their own (PROZCHAIN_HOST).
#pragma once

using u8 = unsigned char;
using u32 = unsigned int;
using u64 = unsigned long long;
using i32 = int;

#if defined(PROZCHAIN_HOST)

#include "grid.h"

#else

#define DEVICE static __attribute__((device, always_inline)) inline
#define DEVICE_MEMBER __attribute__((device, always_inline)) inline
#define LAMBDA __attribute__((device, always_inline))

// A function that is called, not copied into its callers: for long ones with several.
#define DEVICE_CALL static __attribute__((device, noinline))

// A kernel by its name in the module, for blocks of at most that many threads.
#define KERNEL(name, threads, ...) \
    extern "C" __attribute__((global, launch_bounds(threads))) void name(__VA_ARGS__)

#define CONSTANT static __attribute__((constant))

#define UNROLL _Pragma("unroll")
#define NO_UNROLL _Pragma("clang loop unroll(disable)")

// The block's shared memory: as many bytes as the launch asks for.
extern __attribute__((shared, aligned(16))) u8 prozchain_shared[];

template <class T>
DEVICE T *shared_memory() { return reinterpret_cast<T *>(prozchain_shared); }

#define PROZCHAIN_REGISTER(function, name) \
    DEVICE u32 function() { u32 value; asm("mov.u32 %0, %%" name ";" : "=r"(value)); return value; }
PROZCHAIN_REGISTER(thread_x, "tid.x")
PROZCHAIN_REGISTER(block_x, "ctaid.x")
PROZCHAIN_REGISTER(block_y, "ctaid.y")
PROZCHAIN_REGISTER(block_size, "ntid.x")
PROZCHAIN_REGISTER(grid_x, "nctaid.x")
#undef PROZCHAIN_REGISTER

// Every thread of the block comes here before one goes on. No thread may have returned.
DEVICE void sync_threads() { __syncthreads(); }

DEVICE u32 mul_hi(u32 a, u32 b) { u32 high; asm("mul.hi.u32 %0, %1, %2;" : "=r"(high) : "r"(a), "r"(b)); return high; }

DEVICE u32 rotate_left(u32 value, u32 bits) { u32 r; asm("shf.l.wrap.b32 %0, %1, %1, %2;" : "=r"(r) : "r"(value), "r"(bits)); return r; }

// Products of words in the width that is meant: a compiler that widens the factors makes products of 64 bits of them.
DEVICE u32 mul_low(u32 a, u32 b) { u32 r; asm("mul.lo.u32 %0, %1, %2;" : "=r"(r) : "r"(a), "r"(b)); return r; }
DEVICE u32 mul_add_low(u32 a, u32 b, u32 c) { u32 r; asm("mad.lo.u32 %0, %1, %2, %3;" : "=r"(r) : "r"(a), "r"(b), "r"(c)); return r; }
DEVICE u64 mul_wide(u32 a, u32 b) { u64 r; asm("mul.wide.u32 %0, %1, %2;" : "=l"(r) : "r"(a), "r"(b)); return r; }
DEVICE u64 mul_add_wide(u32 a, u32 b, u64 c) { u64 r; asm("mad.wide.u32 %0, %1, %2, %3;" : "=l"(r) : "r"(a), "r"(b), "l"(c)); return r; }

// The high word of high:low moved left by fewer than 32 bits.
DEVICE u32 funnel_left(u32 low, u32 high, u32 bits) { u32 r; asm("shf.l.wrap.b32 %0, %1, %2, %3;" : "=r"(r) : "r"(low), "r"(high), "r"(bits)); return r; }

// Functions of three bits, one instruction each.
#define PROZCHAIN_LOGIC(name, table) \
    DEVICE u32 name(u32 a, u32 b, u32 c) { u32 r; asm("lop3.b32 %0, %1, %2, %3, " table ";" : "=r"(r) : "r"(a), "r"(b), "r"(c)); return r; }
PROZCHAIN_LOGIC(xor3, "0x96")
PROZCHAIN_LOGIC(xor_and_not, "0xb4")
PROZCHAIN_LOGIC(choose, "0xca")
PROZCHAIN_LOGIC(majority, "0xe8")
#undef PROZCHAIN_LOGIC

// A word that no kernel writes while this one runs.
DEVICE u32 load_read_only(u64 address) { u32 r; asm("ld.global.nc.u32 %0, [%1];" : "=r"(r) : "l"(address)); return r; }

DEVICE u32 byte_swap(u32 value) { u32 r; asm("prmt.b32 %0, %1, 0, 0x0123;" : "=r"(r) : "r"(value)); return r; }

DEVICE u32 reverse_bits(u32 value) { u32 r; asm("brev.b32 %0, %1;" : "=r"(r) : "r"(value)); return r; }

DEVICE void atomic_min(u64 *address, u64 value) { asm volatile("red.global.min.u64 [%0], %1;" ::"l"(address), "l"(value) : "memory"); }

#endif

// The number of a thread in a grid of one dimension.
DEVICE u64 global_thread() { return (u64)block_x() * block_size() + thread_x(); }

// The threads of a grid of one dimension.
DEVICE u64 global_threads() { return (u64)grid_x() * block_size(); }

DEVICE u32 min_u32(u32 a, u32 b) { return a < b ? a : b; }
