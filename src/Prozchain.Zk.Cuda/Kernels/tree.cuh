// The hashes of a tree over matrices: rows to digests, pairs of digests to one. A kernel is a Hash put into these.
#pragma once

#include "field.cuh"

// Eight words of 4 bytes: as the digest's 32 bytes lie in memory.
struct Digest
{
    u32 at[8];
};

struct alignas(16) FourWords
{
    u32 at[4];
};

DEVICE Digest load_digest(const u32 *digests, u64 index)
{
    const FourWords *from = reinterpret_cast<const FourWords *>(digests) + 2 * index;
    FourWords low = from[0], high = from[1];
    return {{low.at[0], low.at[1], low.at[2], low.at[3], high.at[0], high.at[1], high.at[2], high.at[3]}};
}

DEVICE void store_digest(u32 *digests, u64 index, Digest digest)
{
    FourWords *to = reinterpret_cast<FourWords *>(digests) + 2 * index;
    to[0] = {{digest.at[0], digest.at[1], digest.at[2], digest.at[3]}};
    to[1] = {{digest.at[4], digest.at[5], digest.at[6], digest.at[7]}};
}

// Words of a state that is kept between calls, one thread's beside its neighbour's.
struct KeptState
{
    u32 *words;
    u64 rows, row;

    template <u32 COUNT>
    DEVICE_MEMBER void load(u32 (&values)[COUNT], u32 first = 0) const
    {
        UNROLL for (u32 i = 0; i < COUNT; i++) values[i] = words[(first + i) * rows + row];
    }

    template <u32 COUNT>
    DEVICE_MEMBER void store(const u32 (&values)[COUNT], u32 first = 0) const
    {
        UNROLL for (u32 i = 0; i < COUNT; i++) words[(first + i) * rows + row] = values[i];
    }
};

// Hashes rows of elements, one thread each: reads 4 bytes a column, all of a block before the first is used, and writes 32 bytes.
// A row may come in several calls, each but the last of a multiple of the hash's step; before counts the columns of earlier ones, and the
// state stays in kept in between. columns holds the address of each column's first row, row_bytes how far the next one is.
template <class Prime, class Hash>
DEVICE void hash_rows(Hash hash, u32 *digests, const u64 *__restrict__ columns, u32 width, u64 rows, u32 row_bytes, u32 before, u32 is_last, u32 *kept)
{
    constexpr u32 BLOCK = Hash::BLOCK;
    u64 row = global_thread();
    if (row >= rows) return;
    KeptState place = {kept, rows, row};
    u64 offset = row * row_bytes;
    if (before == 0) hash.start();
    else hash.load(place);
    u32 block[BLOCK], at = 0;
    // What ends a message is its last block, or for a hash that pads what is left after the last full one.
    for (u32 full = (width - (is_last && !Hash::PADS)) / BLOCK * BLOCK; at < full; at += BLOCK)
    {
        UNROLL for (u32 i = 0; i < BLOCK; i++) block[i] = load_read_only(columns[at + i] + offset);
        UNROLL for (u32 i = 0; i < BLOCK; i++) block[i] = Hash::IS_OF_BYTES ? canonical(Element<Prime>{block[i]}) : block[i];
        hash.absorb(block, before + at, place);
    }
    if (!is_last)
    {
        hash.store(place);
        return;
    }
    u32 left = width - at;
    UNROLL for (u32 i = 0; i < BLOCK; i++)
    {
        block[i] = 0;
        if (i < left) block[i] = load_read_only(columns[at + i] + offset);
    }
    UNROLL for (u32 i = 0; i < BLOCK; i++) block[i] = Hash::IS_OF_BYTES ? canonical(Element<Prime>{block[i]}) : block[i];
    store_digest(digests, row, hash.finish(block, left, before + at, place));
}

// The nodes of a level, one thread each, from their children: reads 64 bytes, writes 32. Nodes are a heap: those of a level of n stand
// from n on. Where shorter matrices stand at the level, each node is hashed once more with the digest of their row.
template <class Hash>
DEVICE void hash_node(Hash hash, u32 *nodes, u64 node, const u32 *rows, u64 row)
{
    Digest left = load_digest(nodes, 2 * node), right = load_digest(nodes, 2 * node + 1);
    // A loop, so that the hash stands in the code once.
    NO_UNROLL for (u32 pairs = rows != nullptr ? 2 : 1;; pairs--)
    {
        left = hash.pair(left, right);
        if (pairs == 1) break;
        right = load_digest(rows, row);
    }
    store_digest(nodes, node, left);
}

template <class Hash>
DEVICE void hash_level(Hash hash, u32 *nodes, u32 level, const u32 *rows)
{
    u64 i = global_thread();
    if (i < level) hash_node(hash, nodes, level + i, rows, i);
}

// The levels of few nodes, by one block: from one of level nodes, at most a thread each, to one of last. rows is a heap as nodes is, of
// digests of rows at the levels whose bit is set in matrices.
template <class Hash>
DEVICE void hash_top(Hash hash, u32 *nodes, u32 level, u32 last, const u32 *rows, u32 matrices)
{
    for (; level >= last; level /= 2)
    {
        u32 node = level + thread_x();
        if (thread_x() < level) hash_node(hash, nodes, node, (matrices & level) != 0 ? rows : nullptr, node);
        sync_threads();
    }
}

// What is more than the first arguments goes to the hash: its constants.
#define PROZCHAIN_ROWS(name, prime, hash, ...) \
    KERNEL(name, 128, u32 *digests, const u64 *columns, u32 width, u64 rows, u32 row_bytes, u32 before, u32 is_last, u32 *kept __VA_OPT__(,) __VA_ARGS__) \
    { hash_rows<prime>(hash, digests, columns, width, rows, row_bytes, before, is_last, kept); }

#define PROZCHAIN_NODES(prefix, hash, ...) \
    KERNEL(prefix##_level, 128, u32 *nodes, u32 level, const u32 *rows __VA_OPT__(,) __VA_ARGS__) { hash_level(hash, nodes, level, rows); } \
    KERNEL(prefix##_top, 256, u32 *nodes, u32 level, u32 last, const u32 *rows, u32 matrices __VA_OPT__(,) __VA_ARGS__) \
    { hash_top(hash, nodes, level, last, rows, matrices); }
