using System.Runtime.CompilerServices;
using Prozchain.Rollups.Ports;
using Prozchain.Shared;

namespace Prozchain.Rollups.State;

/// <summary>The hash of the profile for an EVM settlement: Keccak-256 over the domain's byte and the message.</summary>
public readonly struct KeccakTree : IStateHash
{
    private const int RoomBytes = 8 << 10;

    /// <inheritdoc/>
    [SkipLocalsInit]
    public static void HashMany(byte domain, ReadOnlySpan<byte> messages, int length, Span<byte> digests)
    {
        int row = 1 + length, count = digests.Length / Bytes32.Size;
        Span<byte> room = stackalloc byte[RoomBytes];
        while (count > 0)
        {
            int part = Math.Min(count, RoomBytes / row);
            for (int i = 0; i < part; i++)
            {
                room[i * row] = domain;
                messages.Slice(i * length, length).CopyTo(room[(i * row + 1)..]);
            }
            KeccakLanes.HashRows(room[..(part * row)], row, digests[..(part * Bytes32.Size)]);
            messages = messages[(part * length)..];
            digests = digests[(part * Bytes32.Size)..];
            count -= part;
        }
    }
}

/// <summary>The hashes of the tree for one at a time, and for the readable oracle, Shared's BinaryTrie.</summary>
internal readonly struct TreeHash<THash> : ITrieHash where THash : IStateHash
{
    public static Bytes32 Value(ReadOnlySpan<byte> value) => Hash(Hashing.ValueTag, value);

    public static Bytes32 Leaf(in Bytes32 key, in Bytes32 valueHash) => Pair(Hashing.LeafTag, key, valueHash);

    public static Bytes32 Inner(in Bytes32 left, in Bytes32 right) => Pair(Hashing.InnerTag, left, right);

    public static Bytes32 Hash(byte domain, ReadOnlySpan<byte> message)
    {
        Span<byte> digest = stackalloc byte[Bytes32.Size];
        THash.HashMany(domain, message, message.Length, digest);
        return new Bytes32(digest);
    }

    private static Bytes32 Pair(byte domain, in Bytes32 a, in Bytes32 b)
    {
        Span<byte> message = stackalloc byte[2 * Bytes32.Size];
        a.Span.CopyTo(message);
        b.Span.CopyTo(message[Bytes32.Size..]);
        return Hash(domain, message);
    }
}
