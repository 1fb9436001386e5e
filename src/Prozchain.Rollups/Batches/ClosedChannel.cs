namespace Prozchain.Rollups.Batches;

/// <summary>A channel all of whose frames are there.</summary>
/// <param name="Poster">Who posted its frames.</param>
/// <param name="Id">Its name.</param>
/// <param name="OpenedAt">The settlement layer's block with its first frame.</param>
/// <param name="ClosedAt">The block with the last one that was missing.</param>
/// <param name="Frames">The frames' data, in order.</param>
public readonly record struct ClosedChannel(L1Address Poster, ChannelId Id, ulong OpenedAt, ulong ClosedAt, IReadOnlyList<ReadOnlyMemory<byte>> Frames)
{
    /// <summary>The data of all frames in one piece: what <see cref="ChannelContent"/> reads.</summary>
    public byte[] Join()
    {
        var content = new byte[Frames.Sum(frame => frame.Length)];
        int at = 0;
        foreach (ReadOnlyMemory<byte> frame in Frames)
        {
            frame.CopyTo(content.AsMemory(at));
            at += frame.Length;
        }
        return content;
    }
}
