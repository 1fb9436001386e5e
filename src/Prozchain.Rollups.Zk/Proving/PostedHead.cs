using Prozchain.Shared;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>
/// The head of a posted batch (docs/formats/rollups-rows.md), which no table reads: the verifier takes its bytes from the bus and reads
/// them here.
/// </summary>
/// <param name="Count">How many rows it says.</param>
/// <param name="IsSound">Whether there is no fault in it.</param>
internal readonly record struct PostedHead(int Count, bool IsSound)
{
    private const byte Version = 2, RowsVersion = 3;
    private const int RootAt = 2, CountAt = RootAt + Digest32.Size, MaxCountSize = 3;

    /// <summary>Bytes that reading takes at most.</summary>
    public const int MaxSize = CountAt + MaxCountSize;

    /// <summary>Reads a head.</summary>
    /// <param name="shown">The first bytes of the batch, exactly those that reading takes: up to the end of the head, or of what shows the fault.</param>
    /// <param name="length">Bytes of the batch.</param>
    /// <param name="root">The state root before the batch.</param>
    /// <param name="most">The most rows, at most 2^16.</param>
    /// <param name="head">The head.</param>
    /// <returns>Whether no byte is missing, and none too many.</returns>
    public static bool TryRead(ReadOnlySpan<byte> shown, ulong length, in Digest32 root, int most, out PostedHead head)
    {
        int size = Measure(shown, root, most, out head);
        // Bytes that end early are a fault where there are no more.
        return size == shown.Length || (size > shown.Length && (ulong)shown.Length == length);
    }

    /// <summary>How many of a batch's bytes are to be shown.</summary>
    public static int SizeOf(ReadOnlySpan<byte> batch, in Digest32 root, int most) => Math.Min(batch.Length, Measure(batch[..Math.Min(batch.Length, MaxSize)], root, most, out _));

    // What reading takes; one more than there is, without a head, where that is too little.
    private static int Measure(ReadOnlySpan<byte> bytes, in Digest32 root, int most, out PostedHead head)
    {
        head = default;
        int missing = bytes.Length + 1;
        if (bytes.IsEmpty) return missing;
        if (bytes[0] != Version) return 1;
        if (bytes.Length < RootAt) return missing;
        if (bytes[1] != RowsVersion) return RootAt;
        if (bytes.Length < CountAt) return missing;
        if (!bytes[RootAt..CountAt].SequenceEqual(root.Span)) return CountAt;
        int end = CountAt;
        while (end < bytes.Length && end < MaxSize && bytes[end] >= 0x80) end++;
        if (end == MaxSize) return end;
        if (end == bytes.Length) return missing;
        var reader = new WireReader(bytes[CountAt..++end]);
        if (reader.TryReadVarint(out ulong count) && count <= (ulong)most) head = new PostedHead((int)count, true);
        return end;
    }
}
