using System.Buffers.Binary;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Execution;

/// <summary>The receipts of a block by destination, in ascending order of shard ids. Grows, and is used again.</summary>
internal sealed class OutboundSet
{
    private readonly Dictionary<ShardId, OutboundReceipts> _byShard = [];
    private readonly Stack<OutboundReceipts> _spare = [];
    private readonly List<OutboundReceipts> _bundles = [];
    private static readonly Comparison<OutboundReceipts> s_byDestination = (a, b) => a.Destination.CompareTo(b.Destination);

    public IReadOnlyList<OutboundReceipts> Bundles => _bundles;

    public int Count => _bundles.Count;

    public OutboundReceipts this[int index] => _bundles[index];

    public void Clear()
    {
        foreach (OutboundReceipts bundle in _bundles) _spare.Push(bundle);
        _bundles.Clear();
        _byShard.Clear();
    }

    /// <summary>Adds the receipts of one transaction, each with its value and class before it.</summary>
    public int Add(ShardLayout layout, ReadOnlySpan<byte> receipts)
    {
        int count = 0;
        while (!receipts.IsEmpty)
        {
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(receipts);
            LayoutClass layoutClass = ReceiptBuffer.ClassOf(receipts);
            receipts = receipts[ReceiptBuffer.PreludeSize..];
            int length = ReceiptBuffer.HeadSize + BinaryPrimitives.ReadUInt16LittleEndian(receipts[Digest.Size..]);
            BundleFor(layout.ShardOf(layoutClass, new Digest(receipts[..Digest.Size]))).Add(receipts[..length], value);
            receipts = receipts[length..];
            count++;
        }
        return count;
    }

    public void Sort() => _bundles.Sort(s_byDestination);

    private OutboundReceipts BundleFor(ShardId destination)
    {
        if (_byShard.TryGetValue(destination, out OutboundReceipts? bundle)) return bundle;
        if (!_spare.TryPop(out bundle)) bundle = new OutboundReceipts();
        bundle.Begin(destination);
        _bundles.Add(bundle);
        _byShard.Add(destination, bundle);
        return bundle;
    }
}
