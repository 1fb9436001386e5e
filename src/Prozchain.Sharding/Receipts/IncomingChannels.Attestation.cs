using Prozchain.Shared;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Receipts;

/// <summary>
/// What came out of blocks that are not attested, by the shard that sent it. A source that holds its own cap comes near
/// this one only while an attestation is on its way; a source whose committee is captured brings no more than it before
/// attesters agree.
/// </summary>
public sealed partial class IncomingChannels
{
    private const int MaxUnattestedBlocks = 1 << 16;

    private readonly SortedTable<ShardId, List<(ulong Height, ulong Value)>> _unattested = [];

    /// <summary>Value that a shard's blocks brought which are not attested.</summary>
    /// <param name="source">The shard.</param>
    public UInt128 Unattested(ShardId source)
    {
        UInt128 sum = 0;
        if (!_unattested.TryGetValue(source, out List<(ulong Height, ulong Value)>? blocks)) return sum;
        foreach ((_, ulong value) in blocks) sum += value;
        return sum;
    }

    /// <summary>Blocks of a shard are attested: their value no longer counts against the cap.</summary>
    /// <param name="source">The shard.</param>
    /// <param name="height">Up to which height.</param>
    public void Attested(ShardId source, ulong height)
    {
        if (!_unattested.TryGetValue(source, out List<(ulong Height, ulong Value)>? blocks)) return;
        blocks.RemoveAll(block => block.Height <= height);
        if (blocks.Count == 0) _unattested.Remove(source, out _);
    }

    /// <summary>True if <see cref="Attested"/> would do something.</summary>
    internal bool HasUnattested(ShardId source, ulong height) => _unattested.TryGetValue(source, out List<(ulong Height, ulong Value)>? blocks) && blocks[0].Height <= height;

    // Without a cap nothing would ever clear the book.
    private bool IsCapped => _options.MaxUnattested < ulong.MaxValue;

    private bool IsUndervalued(ChannelBundle bundle, IReceiptSink sink)
    {
        if (!IsCapped) return false;
        UInt128 brought = 0;
        var messages = new Execution.ReceiptList(bundle.Messages.Span);
        while (messages.MoveNext()) brought += sink.ValueOf(messages.Payload);
        return brought > bundle.Value;
    }

    private bool MayTake(ChannelBundle bundle) => !IsCapped || bundle.Value == 0 || Unattested(bundle.Channel.Source) + bundle.Value <= _options.MaxUnattested;

    private void Count(ChannelBundle bundle)
    {
        if (!IsCapped || bundle.Value == 0) return;
        if (!_unattested.TryGetValue(bundle.Channel.Source, out List<(ulong Height, ulong Value)>? blocks)) _unattested.Add(bundle.Channel.Source, blocks = []);
        Count(blocks, bundle.SourceHeight, bundle.Value);
    }

    // Ascending: bundles come in order. Of too many blocks the last two are one, which counts until the later is attested.
    private static void Count(List<(ulong Height, ulong Value)> blocks, ulong height, ulong value)
    {
        if (blocks.Count > 0 && (blocks[^1].Height >= height || blocks.Count == MaxUnattestedBlocks))
            blocks[^1] = (Math.Max(blocks[^1].Height, height), (ulong)UInt128.Min(ulong.MaxValue, (UInt128)blocks[^1].Value + value));
        else blocks.Add((height, value));
    }

    // A half goes on with all of it; a whole with both halves'.
    private void TakeOverUnattested(IncomingChannels parent)
    {
        foreach ((ShardId source, List<(ulong Height, ulong Value)> blocks) in parent._unattested)
        {
            if (!_unattested.TryGetValue(source, out List<(ulong Height, ulong Value)>? mine)) _unattested.Add(source, mine = []);
            (ulong Height, ulong Value)[] all = [.. mine.Concat(blocks).OrderBy(block => block.Height)];
            mine.Clear();
            foreach ((ulong height, ulong value) in all) Count(mine, height, value);
        }
    }

    private void WriteUnattested(WireWriter writer)
    {
        writer.WriteVarint((ulong)_unattested.Count);
        // Its enumerator allocates.
        for (int i = 0; i < _unattested.Count; i++)
        {
            List<(ulong Height, ulong Value)> blocks = _unattested.ValueAt(i);
            writer.WriteUInt64(_unattested.KeyAt(i).Value);
            writer.WriteVarint((ulong)blocks.Count);
            foreach ((ulong height, ulong value) in blocks)
            {
                writer.WriteUInt64(height);
                writer.WriteUInt64(value);
            }
        }
    }

    private bool TryReadUnattested(ref WireReader reader)
    {
        if (!reader.TryReadCount(reader.Remaining / (2 * sizeof(ulong)), out int sources)) return false;
        ulong last = 0;
        for (int i = 0; i < sources; i++)
        {
            if (!reader.TryReadUInt64(out ulong source) || source <= last || !reader.TryReadCount(Math.Min(MaxUnattestedBlocks, reader.Remaining / (2 * sizeof(ulong))), out int count) || count == 0) return false;
            var blocks = new List<(ulong Height, ulong Value)>(count);
            for (int at = 0; at < count; at++)
            {
                if (!reader.TryReadUInt64(out ulong height) || !reader.TryReadUInt64(out ulong value) || value == 0 || (at > 0 && height <= blocks[^1].Height)) return false;
                blocks.Add((height, value));
            }
            _unattested.Add(new ShardId(last = source), blocks);
        }
        return true;
    }
}
