// Words from anywhere, for openings: 8 bytes of address in, a sector read, 4 bytes out.
#include "dialect.cuh"

KERNEL(gather_words, 256, u32 *words, const u64 *addresses, u64 count)
{
    for (u64 i = global_thread(); i < count; i += global_threads()) words[i] = load_read_only(addresses[i]);
}
