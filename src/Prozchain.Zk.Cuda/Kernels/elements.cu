// Operations on elements, one thread each: what the other kernels are built from, by itself.
#include "extension.cuh"

template <class E>
DEVICE void multiply_extended(u32 *product, const u32 *left, const u32 *right, u64 count)
{
    for (u64 i = global_thread(); i < count; i += global_threads())
    {
        auto a = reinterpret_cast<const Extended<E> *>(left)[i];
        auto b = reinterpret_cast<const Extended<E> *>(right)[i];
        reinterpret_cast<Extended<E> *>(product)[i] = a * b;
    }
}

#define PROZCHAIN_MULTIPLY(name, type) \
    KERNEL(name, 256, u32 *product, const u32 *left, const u32 *right, u64 count) { multiply_extended<type>(product, left, right, count); }
PROZCHAIN_MULTIPLY(koalabear4_multiply, KoalaBear4)
PROZCHAIN_MULTIPLY(koalabear5_multiply, KoalaBear5)
PROZCHAIN_MULTIPLY(koalabear6_multiply, KoalaBear6)
PROZCHAIN_MULTIPLY(koalabear8_multiply, KoalaBear8)
PROZCHAIN_MULTIPLY(babybear4_multiply, BabyBear4)
