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
    private readonly Dictionary<LayoutClass, Dictionary<Digest, ReadOnlyMemory<byte>>> _cells = [];
    private readonly ShardLayout _layout;
    private readonly Dictionary<(ChannelId, ulong), List<ShardReceipt>> _inFlight = [];

    internal ShardCut(ShardLayout layout, Func<LayoutClass, IEnumerable<StateWrite>> genesisOf)
    {
        _layout = layout;
        foreach (LayoutClassRules rules in layout.Classes) _cells.Add(rules.Class, genesisOf(rules.Class).ToDictionary(write => write.Key, write => write.Value));
    }

    /// <summary>All general cells that hold something.</summary>
    public IReadOnlyDictionary<Digest, ReadOnlyMemory<byte>> Cells => _cells[LayoutClass.General];

    /// <summary>All cells of a class that hold something.</summary>
    /// <param name="layoutClass">A class of the layout.</param>
    /// <exception cref="ArgumentException">The layout lacks the class.</exception>
    public IReadOnlyDictionary<Digest, ReadOnlyMemory<byte>> CellsOf(LayoutClass layoutClass) =>
        _cells.TryGetValue(layoutClass, out Dictionary<Digest, ReadOnlyMemory<byte>>? cells) ? cells : throw new ArgumentException($"Expected a class of the layout, got {layoutClass}.", nameof(layoutClass));

    /// <summary>Receipts that have been sent and not been taken in.</summary>
    public IEnumerable<ShardReceipt> InFlight => _inFlight.Values.SelectMany(receipts => receipts);

    internal ReadOnlyMemory<byte>? ValueOf(Digest key) => Cells.TryGetValue(key, out ReadOnlyMemory<byte> value) ? value : (ReadOnlyMemory<byte>?)null;

    internal int BundlesInFlight => _inFlight.Count;

    internal int BundlesFrom(ShardId shard) => _inFlight.Keys.Count(key => key.Item1.Source == shard);

    /// <summary>Reads a general cell.</summary>
    /// <param name="key">Its key, in any general shard.</param>
    /// <param name="value">What it holds.</param>
    public bool TryGet(in Digest key, [MaybeNullWhen(false)] out ReadOnlyMemory<byte> value) => Cells.TryGetValue(key, out value);

    /// <summary>False if a bundle was taken in that is not under way: one never sent, or one taken in before.</summary>
    internal bool TryTakeIn(ChannelBundle bundle) => _inFlight.Remove((bundle.Channel, bundle.Sequence));

    internal void Apply(FinalBlock block)
    {
        _layout.TryGetInfo(block.Shard, out ShardInfo? shard);
        Dictionary<Digest, ReadOnlyMemory<byte>> cells = _cells[shard!.Class];
        foreach (StateWrite write in block.Writes.Span)
        {
            if (write.IsDelete) cells.Remove(write.Key);
            else cells[write.Key] = write.Value;
        }
        foreach (ChannelBundle bundle in block.SentBundles) _inFlight.Add((bundle.Channel, bundle.Sequence), []);
        foreach (ShardReceipt receipt in block.Sent) _inFlight[(receipt.Channel, receipt.Sequence)].Add(receipt);
    }
}
