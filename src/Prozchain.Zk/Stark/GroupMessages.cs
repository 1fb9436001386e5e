using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;

namespace Prozchain.Zk.Stark;

/// <summary>The messages that proofs of a list can have on shared buses: how many, and what their bounded multiplicities add up to.</summary>
internal sealed class GroupMessages
{
    private readonly Dictionary<(int Bus, BusDirection Direction), UInt128> _sums = [];

    /// <summary>Interactions times rows.</summary>
    public UInt128 Count { get; private set; }

    /// <summary>Adds those of a proof.</summary>
    public void Add<TField>(EarlyCommitment<TField> commitment) where TField : unmanaged, ITwoAdicField<TField>
    {
        LookupPlan plan = commitment.Key.Lookups.Shared!;
        int[] heights = [.. commitment.LogRows];
        Count += plan.Fractions(heights);
        foreach (BusBound bound in plan.Bounds) _sums[(bound.Bus, bound.Direction)] = _sums.GetValueOrDefault((bound.Bus, bound.Direction)) + bound.Sum(heights);
    }

    /// <summary>Whether they are no more than the parameters count, and no sum of multiplicities reaches the modulus.</summary>
    public bool Fit(SharedBuses shared, ulong modulus) => Count <= (UInt128)1 << shared.LogMessages && _sums.Values.All(sum => sum < modulus);
}
