using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Simulation;

/// <summary>Follows the beacon as each validator has it: one block at a height, stake balanced, and how long a frozen shard stands.</summary>
internal sealed class NetworkAuditor
{
    private readonly Dictionary<ulong, Digest> _blocks = [];
    private readonly Dictionary<ShardId, (ulong Epoch, ulong Height, long Ms)> _frozen = [];

    private readonly Dictionary<(ShardId Shard, Digest Instance), (ulong Epoch, ulong First, ulong Last)> _runs = [];

    public ulong Height { get; private set; }

    /// <summary>The ordering runs of shards that finalized something, and the heights from which to which they did.</summary>
    public IReadOnlyDictionary<(ShardId Shard, Digest Instance), (ulong Epoch, ulong First, ulong Last)> Runs => _runs;

    public int Freezes { get; private set; }

    public int Takeovers { get; private set; }

    public long SlowestTakeoverMs { get; private set; }

    public int Convictions { get; private set; }

    public int Withheld { get; private set; }

    /// <returns>What is wrong, in words; null while nothing is.</returns>
    public string? OnState(BeaconState state, long nowMs)
    {
        if (state.Height == 0) return null;
        if (!_blocks.TryGetValue(state.Height, out Digest known))
        {
            _blocks.Add(state.Height, state.Tip);
            if (state.Height > Height) Count(state, nowMs);
            Height = Math.Max(Height, state.Height);
        }
        else if (known != state.Tip) return $"Expected one beacon block at height {state.Height}, got {known} and {state.Tip}.";
        return state.Ledger.IsBalanced ? null : $"Expected balanced stake after beacon block {state.Height}, got {state.Ledger}.";
    }

    public void OnFinal(MicroHeader header, long nowMs)
    {
        (ShardId, Digest) run = (header.Shard, header.Instance);
        _runs[run] = _runs.TryGetValue(run, out (ulong Epoch, ulong First, ulong Last) span)
            ? (span.Epoch, Math.Min(span.First, header.Height), Math.Max(span.Last, header.Height)) : (header.Epoch, header.Height, header.Height);
        if (!_frozen.TryGetValue(header.Shard, out (ulong Epoch, ulong Height, long Ms) freeze) || header.Epoch <= freeze.Epoch || header.Height <= freeze.Height) return;
        _frozen.Remove(header.Shard);
        Takeovers++;
        SlowestTakeoverMs = Math.Max(SlowestTakeoverMs, nowMs - freeze.Ms);
    }

    private void Count(BeaconState state, long nowMs)
    {
        foreach (FreezeRecord freeze in state.Outputs.Freezes)
        {
            Freezes++;
            _frozen[freeze.Shard] = (freeze.Epoch, freeze.Height, nowMs);
        }
        foreach (Conviction conviction in state.Outputs.Convictions)
        {
            if (conviction.Offence == Offence.WithheldReveal) Withheld++;
            else Convictions++;
        }
    }
}
