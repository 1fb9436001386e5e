using System.Buffers.Binary;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Transcripts;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>Proof of work on the device: the least nonce, as <see cref="GrindingPuzzle{THash}"/> finds it.</summary>
internal static class DeviceGrinder
{
    private const int Threads = 128, BlocksOfMultiprocessor = 8;

    // Of a batch of 2^4 times the expected work one in e^16 has no solution; threads stop at the first. The least is worth its launch, the
    // greatest lets a token be heard.
    private const int Margin = 4, LeastLogBatch = 16, GreatestLogBatch = 28;

    /// <summary>The least nonce that solves a puzzle.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; it is asked between batches.</exception>
    public static ulong Solve(DeviceSession session, GrindingPuzzle<Keccak256> puzzle, CancellationToken cancellation)
    {
        // 05, state, nonce: the state begins at the second byte of the first lane.
        Span<byte> head = stackalloc byte[1 + DigestGuard.Size];
        puzzle.WritePrefix(head);
        ulong Lane(ReadOnlySpan<byte> bytes, int lane) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[(8 * lane)..]);
        ulong batch = 1UL << Math.Clamp(puzzle.Bits + Margin, LeastLogBatch, GreatestLogBatch);
        using DeviceBuffer found = session.Upload<ulong>([ulong.MaxValue], "a nonce");
        Span<ulong> least = stackalloc ulong[1];
        for (ulong first = 0; ; first += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            session.Launch(
                new("keccak", "keccak_grind"), new(session.Device.Multiprocessors * BlocksOfMultiprocessor, Threads),
                found, Lane(head, 0), Lane(head, 1), Lane(head, 2), Lane(head, 3), (int)head[^1], first, batch, puzzle.Bits);
            session.Read(found, 0, least);
            if (least[0] != ulong.MaxValue) return least[0];
        }
    }
}
