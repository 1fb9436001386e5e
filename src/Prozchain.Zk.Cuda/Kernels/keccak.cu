// Rows and pairs by Keccak-256, and proof of work.
#include "keccak.cuh"

// The least nonce of count from first whose hash of tag, state and nonce (41 bytes) begins with so many zero bits, at most 63; *found is
// not touched if there is none below it. The message's first four lanes come made; tail is the state's last byte.
KERNEL(keccak_grind, 128, u64 *found, u64 lane0, u64 lane1, u64 lane2, u64 lane3, u32 tail, u64 first, u64 count, u32 bits)
{
    for (u64 i = global_thread(); i < count; i += global_threads())
    {
        u64 nonce = first + i;
        // Nonces rise with time, nearly: who is past a solution is done.
        if (nonce > *reinterpret_cast<volatile u64 *>(found)) return;
        u64 head[6] = {lane0, lane1, lane2, lane3, nonce << 8 | tail, nonce >> 56 | 0x100};
        Keccak hash;
        hash.start();
        UNROLL for (u32 j = 0; j < 6; j++) hash.a.low[j] = (u32)head[j], hash.a.high[j] = (u32)(head[j] >> 32);
        hash.a.high[16] = 0x80000000u;
        Digest digest = keccak_digest(hash.a);
        u64 leading = (u64)byte_swap(digest.at[0]) << 32 | byte_swap(digest.at[1]);
        if (leading >> 1 >> (63 - bits) == 0) atomic_min(found, nonce);
    }
}

PROZCHAIN_ROWS(koalabear_keccak_rows, KoalaBear, Keccak())
PROZCHAIN_ROWS(babybear_keccak_rows, BabyBear, Keccak())
PROZCHAIN_NODES(keccak, Keccak())
