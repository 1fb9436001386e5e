using System.Collections.Immutable;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// Puts the frames of sources together to channels, however they are mixed, delayed or repeated. What it holds is a pure
/// function of the sources in the settlement layer's order, so that all nodes get the same channels at the same block, and
/// it goes back to any block not yet final. Not thread-safe.
/// </summary>
/// <param name="rules">The rollup's bounds.</param>
public sealed class ChannelBank(ChannelRules rules)
{
    private readonly List<(ulong Block, Content Content)> _history = [];
    private readonly List<Frame> _frames = [];
    private ulong _finalBlock;
    private Content _final = Content.Empty;

    private Content Latest => _history.Count == 0 ? _final : _history[^1].Content;

    private ulong LatestBlock => _history.Count == 0 ? _finalBlock : _history[^1].Block;

    /// <summary>Channels that miss frames.</summary>
    public int OpenCount => Latest.Channels.Count;

    /// <summary>What they count as, in bytes.</summary>
    public long Bytes => Latest.Bytes;

    /// <summary>Takes in the next source. One that is not made of whole frames counts as empty.</summary>
    /// <param name="block">The settlement layer's block that it was posted in, not before that of the source before it.</param>
    /// <param name="poster">Who posted it. A channel is made of one poster's frames, so that nobody spoils another's by its name.</param>
    /// <param name="source">Its bytes, which may be kept and must not change.</param>
    /// <returns>The channels that it completed, in the order of the frames that did.</returns>
    /// <exception cref="ArgumentException">The block is before the last one.</exception>
    public IReadOnlyList<ClosedChannel> Add(ulong block, L1Address poster, ReadOnlyMemory<byte> source)
    {
        if (block < LatestBlock) throw new ArgumentException($"Expected block {LatestBlock} or later, got {block}.", nameof(block));
        Content content = Latest.WithoutExpired(block, rules.TimeoutBlocks);
        List<ClosedChannel>? closed = null;
        _frames.Clear();
        Frame.TryReadAll(source, _frames);
        foreach (Frame whole in _frames)
        {
            // A frame that is little of its source must not keep all of it.
            Frame frame = whole.Data.Length < source.Length / 2 ? whole with { Data = whole.Data.ToArray() } : whole;
            content = content.With(poster, frame, block, rules, out ClosedChannel? channel);
            if (channel is { } complete) (closed ??= []).Add(complete);
        }
        if (_history.Count > 0 && _history[^1].Block == block) _history[^1] = (block, content);
        else _history.Add((block, content));
        return closed ?? (IReadOnlyList<ClosedChannel>)[];
    }

    /// <summary>The settlement layer dropped all blocks after this one: so does the bank.</summary>
    /// <exception cref="ArgumentException">The block is before the last final one.</exception>
    public void Rewind(ulong block)
    {
        if (block < _finalBlock) throw new ArgumentException($"Expected block {_finalBlock} or later, got {block}.", nameof(block));
        _history.RemoveAll(entry => entry.Block > block);
    }

    /// <summary>The settlement layer never drops this block or one before it.</summary>
    public void Finalize(ulong block)
    {
        if (block <= _finalBlock) return;
        int count = _history.FindLastIndex(entry => entry.Block <= block) + 1;
        if (count > 0) _final = _history[count - 1].Content;
        _history.RemoveRange(0, count);
        _finalBlock = block;
    }

    private sealed record Content(ImmutableDictionary<ChannelKey, OpenChannel> Channels, ImmutableSortedDictionary<long, ChannelKey> Order, long Next, long Bytes)
    {
        public static Content Empty { get; } = new(ImmutableDictionary<ChannelKey, OpenChannel>.Empty, ImmutableSortedDictionary<long, ChannelKey>.Empty, 0, 0);

        public Content WithoutExpired(ulong block, uint timeout)
        {
            Content content = this;
            while (!content.Order.IsEmpty && content.Oldest is { } oldest && block - oldest.OpenedAt > timeout) content = content.Without(oldest);
            return content;
        }

        public Content With(L1Address poster, in Frame frame, ulong block, ChannelRules rules, out ClosedChannel? closed)
        {
            closed = null;
            var key = new ChannelKey(poster, frame.Channel);
            OpenChannel before = Channels.GetValueOrDefault(key) ?? OpenChannel.New(key, block, Next);
            OpenChannel after = before.With(frame);
            if (after.IsComplete)
            {
                closed = new ClosedChannel(poster, frame.Channel, after.OpenedAt, block, [.. after.Frames.Values]);
                return Without(before);
            }
            if (after.Bytes > rules.MaxChannelBytes) return Without(before);
            Content content = this with
            {
                Channels = Channels.SetItem(after.Key, after),
                Order = Order.SetItem(after.Order, after.Key),
                Next = Math.Max(Next, after.Order + 1),
                Bytes = Bytes + after.Bytes - before.Bytes,
            };
            while (content.Bytes > rules.MaxBankBytes) content = content.Without(content.Oldest);
            return content;
        }

        private OpenChannel Oldest => Channels[Order.First().Value];

        private Content Without(OpenChannel channel) => Channels.ContainsKey(channel.Key)
            ? this with { Channels = Channels.Remove(channel.Key), Order = Order.Remove(channel.Order), Bytes = Bytes - channel.Bytes }
            : this;
    }
}
