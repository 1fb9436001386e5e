using System.Collections.Immutable;

namespace Prozchain.Rollups.Batches;

/// <summary>What tells open channels apart.</summary>
internal readonly record struct ChannelKey(L1Address Poster, ChannelId Id);

/// <summary>A channel that misses frames. Immutable.</summary>
/// <param name="Order">Grows from channel to channel.</param>
/// <param name="Last">Number of the last frame; -1 while unknown.</param>
/// <param name="Bytes">What it counts as.</param>
internal sealed record OpenChannel(ChannelKey Key, ulong OpenedAt, long Order, ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> Frames, int Last, int Bytes)
{
    public static OpenChannel New(ChannelKey key, ulong openedAt, long order) => new(key, openedAt, order, ImmutableSortedDictionary<int, ReadOnlyMemory<byte>>.Empty, -1, 0);

    public bool IsComplete => Frames.Count == Last + 1;

    /// <summary>With one more frame. The first of a number counts, and so does the first that says it is the last; what is behind that never belonged.</summary>
    public OpenChannel With(in Frame frame)
    {
        bool isBehind = Last >= 0 && (frame.Number > Last || frame.IsLast);
        if (isBehind || Frames.ContainsKey(frame.Number)) return this;
        ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> frames = Frames.Add(frame.Number, frame.Data);
        int bytes = Bytes + Charge(frame.Data);
        if (!frame.IsLast) return this with { Frames = frames, Bytes = bytes };
        int last = frame.Number;
        foreach ((int number, ReadOnlyMemory<byte> data) in Frames)
        {
            if (number <= last) continue;
            frames = frames.Remove(number);
            bytes -= Charge(data);
        }
        return this with { Frames = frames, Last = last, Bytes = bytes };
    }

    private static int Charge(ReadOnlyMemory<byte> data) => data.Length + ChannelRules.FrameCharge;
}
