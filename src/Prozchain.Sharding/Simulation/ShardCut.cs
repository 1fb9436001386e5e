using System.Diagnostics.CodeAnalysis;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// All shards after the blocks that are final at some node, and the receipts that have left one and not reached the
/// other: a consistent cut, as no receipt is taken in before it was sent.
/// </summary>
public sealed class ShardCut
{
    private readonly Dictionary<Digest, ReadOnlyMemory<byte>> _cells = [];
    private readonly Dictionary<(ChannelId, ulong), List<ShardReceipt>> _inFlight = [];

    internal ShardCut(IEnumerable<StateWrite> genesis)
    {
        foreach (StateWrite write in genesis) _cells[write.Key] = write.Value;
    }

    /// <summary>All cells that hold something.</summary>
    public IReadOnlyDictionary<Digest, ReadOnlyMemory<byte>> Cells => _cells;

    /// <summary>Receipts that have been sent and not been taken in.</summary>
    public IEnumerable<ShardReceipt> InFlight => _inFlight.Values.SelectMany(receipts => receipts);

    internal ReadOnlyMemory<byte>? ValueOf(Digest key) => _cells.TryGetValue(key, out ReadOnlyMemory<byte> value) ? value : (ReadOnlyMemory<byte>?)null;

    internal int BundlesInFlight => _inFlight.Count;

    internal int BundlesFrom(ShardId shard) => _inFlight.Keys.Count(key => key.Item1.Source == shard);

    /// <summary>Reads a cell.</summary>
    /// <param name="key">Its key, in any shard.</param>
    /// <param name="value">What it holds.</param>
    public bool TryGet(in Digest key, [MaybeNullWhen(false)] out ReadOnlyMemory<byte> value) => _cells.TryGetValue(key, out value);

    /// <summary>False if a bundle was taken in that is not under way: one never sent, or one taken in before.</summary>
    internal bool TryTakeIn(ChannelBundle bundle) => _inFlight.Remove((bundle.Channel, bundle.Sequence));

    internal void Apply(FinalBlock block)
    {
        foreach (StateWrite write in block.Writes.Span)
        {
            if (write.IsDelete) _cells.Remove(write.Key);
            else _cells[write.Key] = write.Value;
        }
        foreach (ChannelBundle bundle in block.SentBundles) _inFlight.Add((bundle.Channel, bundle.Sequence), []);
        foreach (ShardReceipt receipt in block.Sent) _inFlight[(receipt.Channel, receipt.Sequence)].Add(receipt);
    }
}
