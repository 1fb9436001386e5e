using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Transcripts;

/// <summary>
/// Proof of work over one state of a transcript: a nonce solves it if H(05, state, nonce) starts with so many zero bits
/// (docs/formats/zk-transcript.md). Holds the caller's state, which must not change meanwhile.
/// </summary>
internal readonly struct GrindingPuzzle<THash>(byte[] state, int bits) where THash : struct, IDigest<THash>
{
    private const byte Tag = 5;
    private const int MaxBits = 40, InputSize = 1 + DigestGuard.Size + sizeof(ulong);

    // Large enough that threads meet seldom, small enough that little is searched in vain.
    private const ulong Stretch = 1 << 12;

    // Divides a stretch, and is a multiple of the lanes.
    private const int Batch = 64;

    /// <summary>The 32 bytes that are hashed before the nonce.</summary>
    public ReadOnlySpan<byte> State => state;

    /// <summary>The zero bits that are asked for.</summary>
    public int Bits => bits;

    public static void CheckBits(int bits)
    {
        if (bits is < 1 or > MaxBits) throw new ArgumentOutOfRangeException(nameof(bits), bits, $"Expected 1 to {MaxBits} bits of work.");
    }

    /// <summary>What is hashed before the nonce: 33 bytes.</summary>
    public void WritePrefix(Span<byte> target)
    {
        target[0] = Tag;
        state.CopyTo(target[1..]);
    }

    public bool IsSolvedBy(ulong nonce)
    {
        Span<byte> input = stackalloc byte[InputSize];
        Span<byte> digest = stackalloc byte[DigestGuard.Size];
        WritePrefix(input);
        BinaryPrimitives.WriteUInt64LittleEndian(input[(1 + DigestGuard.Size)..], nonce);
        THash.Hash(input, digest);
        return IsWork(digest);
    }

    /// <summary>The least nonce that solves it.</summary>
    public ulong Solve(int maxDegreeOfParallelism, CancellationToken cancellationToken)
    {
        GrindingPuzzle<THash> puzzle = this;
        var found = new ulong?[maxDegreeOfParallelism];
        for (ulong start = 0; ; start += Stretch * (ulong)maxDegreeOfParallelism)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ulong from = start;
            if (maxDegreeOfParallelism == 1) found[0] = puzzle.FirstIn(from);
            else Parallel.For(0, found.Length, i => found[i] = puzzle.FirstIn(from + (ulong)i * Stretch));
            // Stretches are in order, so the first that has a solution has the least.
            foreach (ulong? nonce in found)
                if (nonce is { } least) return least;
        }
    }

    // Many nonces at once, in the lanes of the hash.
    [SkipLocalsInit]
    private ulong? FirstIn(ulong start)
    {
        Span<byte> inputs = stackalloc byte[Batch * InputSize];
        Span<byte> digests = stackalloc byte[Batch * DigestGuard.Size];
        for (int i = 0; i < Batch; i++) WritePrefix(inputs[(i * InputSize)..]);
        for (ulong first = start; first < start + Stretch; first += Batch)
        {
            for (int i = 0; i < Batch; i++)
                BinaryPrimitives.WriteUInt64LittleEndian(inputs[(i * InputSize + 1 + DigestGuard.Size)..], first + (ulong)i);
            THash.HashMany(inputs, InputSize, digests);
            for (int i = 0; i < Batch; i++)
                if (IsWork(digests[(i * DigestGuard.Size)..])) return first + (ulong)i;
        }
        return null;
    }

    private bool IsWork(ReadOnlySpan<byte> digest) => BitOperations.LeadingZeroCount(BinaryPrimitives.ReadUInt64BigEndian(digest)) >= bits;
}
