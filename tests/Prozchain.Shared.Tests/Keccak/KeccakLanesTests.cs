using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Prozchain.Shared.Tests;

public class KeccakLanesTests : LaneHashTests
{
    protected override IReadOnlyList<RowsHash> Rows =>
    [
        KeccakLanes.HashRows, KeccakLanes.HashRows<Quads1, ulong>, KeccakLanes.HashRows<Quads128, Vector128<ulong>>,
        KeccakLanes.HashRows<Quads256, Vector256<ulong>>, KeccakLanes.HashRows<Quads512, Vector512<ulong>>,
    ];

    protected override IReadOnlyList<TileHash> Tiles =>
    [
        KeccakLanes.HashTile, KeccakLanes.HashTile<Quads1, ulong>, KeccakLanes.HashTile<Quads128, Vector128<ulong>>,
        KeccakLanes.HashTile<Quads256, Vector256<ulong>>, KeccakLanes.HashTile<Quads512, Vector512<ulong>>,
    ];

    protected override (string, string) KnownAnswer => ("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");

    protected override void HashOne(ReadOnlySpan<byte> message, Span<byte> digest) => Keccak256.Hash(message, digest);

    [Fact]
    public void Permute_EveryWidth_EqualsTheReference()
    {
        Check<Quads1, ulong>();
        Check<Quads128, Vector128<ulong>>();
        Check<Quads256, Vector256<ulong>>();
        Check<Quads512, Vector512<ulong>>();
    }

    private static void Check<TLanes, TVector>() where TLanes : struct, IQuadLanes<TVector> where TVector : unmanaged
    {
        var states = new KeccakState[TLanes.Count];
        var lanes = new TVector[25];
        Span<ulong> words = MemoryMarshal.Cast<TVector, ulong>(lanes.AsSpan());
        var random = new Random(TLanes.Count);
        for (int i = 0; i < words.Length; i++) states[i % TLanes.Count][i / TLanes.Count] = words[i] = (ulong)random.NextInt64();
        for (int times = 0; times < 100; times++)
        {
            KeccakKernel<TLanes, TVector>.Permute(ref lanes[0]);
            foreach (ref KeccakState state in states.AsSpan()) ReferenceKeccak.Permute(state);
        }
        words = MemoryMarshal.Cast<TVector, ulong>(lanes.AsSpan());
        for (int i = 0; i < words.Length; i++) Assert.Equal(states[i % TLanes.Count][i / TLanes.Count], words[i]);
    }
}
