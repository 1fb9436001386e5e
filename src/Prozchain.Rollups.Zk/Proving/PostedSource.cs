using Prozchain.Rollups.Zk.Circuit;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>The bytes of a batch as they were posted (docs/formats/rollups-rows.md), read row by row up to the first fault.</summary>
internal sealed class PostedSource
{
    private PostedSource(ReadOnlyMemory<byte> bytes, int shown, int exponent, uint first) => (Bytes, Shown, ReadEnd, Exponent, First) = (bytes, shown, shown, exponent, first);

    /// <summary>All that are read.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>How many of the first ones are the head's, up to what is wrong in it; rows start behind them.</summary>
    public int Shown { get; }

    /// <summary>Whether the head has no fault.</summary>
    public bool HasHead { get; private set; }

    /// <summary>Behind the last byte that says something: of a fault, behind that.</summary>
    public int ReadEnd { get; private set; }

    /// <summary>Whether no byte has a fault, so that its payments count.</summary>
    public bool IsLive { get; private set; }

    /// <summary>The least exponent of plain rows.</summary>
    public int Exponent { get; }

    /// <summary>The first row's transaction: forced items come before.</summary>
    public uint First { get; }

    /// <summary>Where the rows lie, one with a fault last.</summary>
    public List<PostedRow> Rows { get; } = [];

    /// <summary>Where the fields behind each one's code lie.</summary>
    public List<List<FieldSpan>> Spans { get; } = [];

    /// <summary>The fields of each that has no fault.</summary>
    public List<PostedFields> Fields { get; } = [];

    /// <summary>How many of its payments count.</summary>
    public int Payments => IsLive ? Rows.Count : 0;

    /// <summary>Reads untrusted bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="root">The state root before the batch.</param>
    /// <param name="most">The most rows.</param>
    /// <param name="exponent">The least exponent of plain rows.</param>
    /// <param name="first">The first row's transaction.</param>
    public static PostedSource Read(ReadOnlyMemory<byte> bytes, in Digest32 root, int most, int exponent, uint first)
    {
        int shown = PostedHead.SizeOf(bytes.Span, root, most);
        PostedHead.TryRead(bytes.Span[..shown], (ulong)bytes.Length, root, most, out PostedHead head);
        var batch = new PostedSource(bytes, shown, exponent, first) { HasHead = head.IsSound };
        if (!head.IsSound) return batch;
        RowScan scan = new(bytes.Span, shown, exponent);
        List<FieldSpan> spans = [];
        // Bytes that end between rows are a fault that nothing shows: the count does.
        while (batch.Rows.Count < head.Count && scan.Offset < bytes.Length && scan.Fault == RowFault.None)
        {
            PostedRow row = scan.Next(spans);
            batch.Rows.Add(row);
            batch.Spans.Add([.. spans]);
            if (scan.Fault == RowFault.None) batch.Fields.Add(PostedFieldReader.Read(bytes.Span, row, spans));
        }
        batch.ReadEnd = scan.Offset;
        batch.IsLive = scan.Fault == RowFault.None && batch.Rows.Count == head.Count && scan.Offset == bytes.Length;
        return batch;
    }

    /// <summary>The bytes of a field of a row, and none where it has no such field.</summary>
    public ReadOnlyMemory<byte> BytesOf(int row, RowField field)
    {
        foreach (FieldSpan span in Spans[row])
            if (span.Field == field) return Bytes[span.Start..span.End];
        return default;
    }

    /// <summary>Keys and settlement recipients of some rows.</summary>
    public PostedTail[] Tails(int first, int count)
    {
        List<PostedTail> tails = [];
        for (int row = first; row < first + count; row++)
        {
            foreach (FieldSpan span in Spans[row])
                if (span.Field is RowField.Recipient or RowField.NewKey or RowField.Settlement) tails.Add(new(First + (uint)row, span.Field, Bytes[span.Start..span.End]));
        }
        return [.. tails];
    }
}
