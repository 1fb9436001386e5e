using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// Proven receipts of other shards that wait for a block, with what the final blocks hold already; bounded. What does
/// not fit is sent again.
/// </summary>
internal sealed class InboundQueue(int maxCount, long maxBytes, long keepMs, Func<ChannelId, ulong> before)
{
    private const int MostRemembered = 1 << 16;

    private readonly SortedDictionary<(ShardId, ulong, int), (ProvenReceipt Receipt, long ArrivedMs)> _waiting = [];
    private readonly Dictionary<ChannelId, ulong> _watermarks = [];
    private readonly HashSet<ReceiptName> _held = [];
    private readonly Queue<ReceiptName> _heldOrder = new();
    private long _bytes;

    public int Count => _waiting.Count;

    /// <summary>In the order of source, height and place: bundles of a channel ascend.</summary>
    public IEnumerable<ProvenReceipt> Waiting => _waiting.Values.Select(entry => entry.Receipt);

    public ulong Watermark(ChannelId channel)
    {
        if (!_watermarks.TryGetValue(channel, out ulong watermark)) _watermarks.Add(channel, watermark = before(channel));
        return watermark;
    }

    /// <summary>Takes over what waits at an ended parent, and what its final blocks hold; watermarks are those of the state.</summary>
    public void Inherit(InboundQueue parent)
    {
        foreach ((ProvenReceipt receipt, long arrivedMs) in parent._waiting.Values) Add(receipt, arrivedMs);
        foreach (ReceiptName name in parent._heldOrder) Hold(name);
    }

    /// <summary>True if a final block holds it, or never needs to.</summary>
    public bool IsHeld(ProvenReceipt receipt) => receipt.Bundle is { } bundle ? bundle.Sequence <= Watermark(bundle.Channel) : _held.Contains(receipt.Name);

    public bool Contains(ReceiptName name) => _waiting.ContainsKey((name.Shard, name.Height, name.Index));

    public void Add(ProvenReceipt receipt, long nowMs)
    {
        if (_waiting.Count >= maxCount || _bytes + receipt.Encoding.Length > maxBytes) return;
        if (_waiting.TryAdd((receipt.Source.Shard, receipt.Source.Height, receipt.Proof.Index), (receipt, nowMs))) _bytes += receipt.Encoding.Length;
    }

    /// <summary>A final block holds it.</summary>
    public void Hold(ProvenReceipt receipt, bool applied)
    {
        if (receipt.Bundle is { } bundle)
        {
            if (applied) _watermarks[bundle.Channel] = bundle.Sequence;
        }
        else Hold(receipt.Name);
        Remove(receipt.Name);
    }

    private void Hold(ReceiptName name)
    {
        if (!_held.Add(name)) return;
        _heldOrder.Enqueue(name);
        if (_heldOrder.Count > MostRemembered) _held.Remove(_heldOrder.Dequeue());
    }

    /// <summary>The beacon froze a shard's committees: what they said of blocks from a height on does not count.</summary>
    public void Freeze(ShardId shard, ulong epoch, ulong height)
    {
        List<ReceiptName> stale = [.. _waiting.Values.Select(entry => entry.Receipt).Where(receipt => receipt.Source.Shard == shard && receipt.Source.Epoch <= epoch && receipt.Source.Height >= height).Select(receipt => receipt.Name)];
        foreach (ReceiptName name in stale) Remove(name);
    }

    /// <summary>Lets go of what has waited too long: its source sends it again if it still counts.</summary>
    public void Expire(long nowMs)
    {
        List<ReceiptName> old = [.. _waiting.Values.Where(entry => entry.ArrivedMs + keepMs < nowMs).Select(entry => entry.Receipt.Name)];
        foreach (ReceiptName name in old) Remove(name);
    }

    private void Remove(ReceiptName name)
    {
        if (_waiting.Remove((name.Shard, name.Height, name.Index), out (ProvenReceipt Receipt, long) entry)) _bytes -= entry.Receipt.Encoding.Length;
    }
}
