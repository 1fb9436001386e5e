using Prozchain.Rollups.Settlement;
using C = Prozchain.Rollups.Evm.StateChainContract;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>What an honest node knows, but of one batch another tale from a step on.</summary>
internal sealed class LyingSource(IClaimSource truth, ulong batch, int step, string tale = "a tale") : IClaimSource
{
    public async ValueTask<ClaimableBatch?> FindAsync(ulong number, CancellationToken cancellationToken)
    {
        if (await truth.FindAsync(number, cancellationToken) is not { } own) return null;
        // What builds upon the lie is claimed as it is, with the leaf before it that the lie has.
        if (number == batch + 1) return own with { StartLeaf = (await FindAsync(batch, cancellationToken))!.Value.Leaves.Span[^1] };
        if (number != batch) return own;
        var leaves = new Digest32[Math.Max(own.Leaves.Length, step + 1)];
        for (int i = 0; i < leaves.Length; i++) leaves[i] = i >= step ? Noise(i) : own.Leaves.Span[Math.Min(i, own.Leaves.Length - 1)];
        leaves[^1] = C.LeafOf(Noise(-1), Noise(-2));
        return own with { Leaves = leaves, StateRoot = Noise(-1), ExitRoot = Noise(-2) };
    }

    public ValueTask<ReadOnlyMemory<byte>> WitnessAsync(ulong number, ulong at, CancellationToken cancellationToken) => truth.WitnessAsync(number, at, cancellationToken);

    private Digest32 Noise(int i) => new(Hashing.Keccak(System.Text.Encoding.UTF8.GetBytes($"{tale} {i}")));
}
