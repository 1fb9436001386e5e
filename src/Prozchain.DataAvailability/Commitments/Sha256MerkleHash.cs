using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Prozchain.DataAvailability.Coding;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>RFC 6962, section 2.1: SHA-256 with 0x00 before a leaf and 0x01 before a pair of nodes.</summary>
internal readonly struct Sha256MerkleHash : IMerkleHash
{
    private const int StackLimit = 1024, Group = 16;

    public static Bytes32 Empty
    {
        get
        {
            Span<byte> digest = stackalloc byte[Bytes32.Size];
            SHA256.HashData([], digest);
            return new Bytes32(digest);
        }
    }

    public static Bytes32 Leaf(ReadOnlySpan<byte> data)
    {
        byte[]? rented = data.Length < StackLimit ? null : ArrayPool<byte>.Shared.Rent(data.Length + 1);
        Span<byte> input = rented ?? stackalloc byte[StackLimit];
        input[0] = 0;
        data.CopyTo(input[1..]);
        Bytes32 digest = Hash(input[..(data.Length + 1)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return digest;
    }

    public static Bytes32 Inner(in Bytes32 left, in Bytes32 right)
    {
        Span<byte> input = stackalloc byte[1 + 2 * Bytes32.Size];
        input[0] = 1;
        left.Span.CopyTo(input[1..]);
        right.Span.CopyTo(input[(1 + Bytes32.Size)..]);
        return Hash(input);
    }

    /// <summary>The digests of many leaves, 32 bytes each.</summary>
    public static void Leaves(ReadOnlyShards data, Span<byte> digests) =>
        Sha256Lanes.HashPrefixed([0], 1, 0, data.Bytes, data.ShardSize, data.Stride, digests[..(data.Count * Bytes32.Size)]);

    /// <summary>The digests above pairs of digests that lie one after the other; <paramref name="parents"/> may start where they do.</summary>
    [SkipLocalsInit]
    public static void Inners(ReadOnlySpan<byte> nodes, Span<byte> parents)
    {
        Span<byte> digests = stackalloc byte[Group * Bytes32.Size];
        const int pair = 2 * Bytes32.Size;
        while (nodes.Length >= pair)
        {
            int count = Math.Min(Group, nodes.Length / pair);
            Sha256Lanes.HashPrefixed([1], 1, 0, nodes, pair, pair, digests[..(count * Bytes32.Size)]);
            digests[..(count * Bytes32.Size)].CopyTo(parents);
            nodes = nodes[(count * pair)..];
            parents = parents[(count * Bytes32.Size)..];
        }
    }

    private static Bytes32 Hash(ReadOnlySpan<byte> input)
    {
        Span<byte> digest = stackalloc byte[Bytes32.Size];
        SHA256.HashData(input, digest);
        return new Bytes32(digest);
    }
}
