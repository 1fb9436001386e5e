using System.Diagnostics;

namespace Prozchain.DataAvailability.Squares;

/// <summary>A checked run of shares in a square: a blob, the transactions of a kind, or one share of padding.</summary>
internal readonly record struct ShareSequence(Namespace Namespace, byte Version, int Start, int Count, int Length)
{
    public bool IsPadding => Length == 0;

    public bool IsBlob => !IsPadding && !Namespace.IsCompact;

    /// <summary>Checks the sequence that begins at share <paramref name="start"/>; nothing about its transactions.</summary>
    public static SquareReadResult TryRead(ReadOnlySpan<byte> shares, int start, out ShareSequence sequence)
    {
        sequence = default;
        ReadOnlySpan<byte> rest = shares[(start * ShareView.Size)..];
        var first = new ShareView(rest[..ShareView.Size]);
        Namespace ns = first.Namespace;
        byte version = first.Version;
        bool compact = ns.IsCompact;
        if (version > ShareView.MaxVersion || (compact && version != 0)) return SquareReadResult.UnknownVersion;
        if (!first.IsSequenceStart) return SquareReadResult.MissingStart;
        uint length = first.SequenceLength;
        if (first.IsPadding)
        {
            if (!ns.IsForBlobs && (version != 0 || (ns != Namespace.PrimaryReservedPadding && ns != Namespace.TailPadding)))
                return SquareReadResult.BadNamespace;
            if (rest[ShareView.HeaderSize..ShareView.Size].ContainsAnyExcept((byte)0)) return SquareReadResult.BadPadding;
            sequence = new ShareSequence(ns, version, start, 1, 0);
            return SquareReadResult.Ok;
        }
        if (!compact && !ns.IsForBlobs) return SquareReadResult.BadNamespace;
        if (length > Blob.MaxSize) return SquareReadResult.BadLength;
        int count = ShareView.CountFor(length, compact, version);
        if (count > rest.Length / ShareView.Size) return SquareReadResult.BadLength;
        if (!compact && Blob.Check(ns, (int)length, version, first.Signer.Length) != BlobStatus.Ok) return SquareReadResult.BadLength;
        for (int i = 1; i < count; i++)
        {
            ReadOnlySpan<byte> share = rest.Slice(i * ShareView.Size, ShareView.Size);
            if (!share[..Namespace.Size].SequenceEqual(ns.Bytes) || share[ShareView.InfoOffset] != version << 1) return SquareReadResult.BadLength;
        }
        sequence = new ShareSequence(ns, version, start, count, (int)length);
        return sequence.Chunk(shares, count - 1, out int used)[used..].ContainsAnyExcept((byte)0) ? SquareReadResult.BadPadding : SquareReadResult.Ok;
    }

    /// <summary>Copies the bytes of the sequence, without signer and reserved bytes.</summary>
    public byte[] Data(ReadOnlySpan<byte> shares)
    {
        var data = new byte[Length];
        int at = 0;
        for (int i = 0; i < Count; i++)
        {
            Chunk(shares, i, out int used)[..used].CopyTo(data.AsSpan(at));
            at += used;
        }
        Debug.Assert(at == Length);
        return data;
    }

    public Blob ToBlob(ReadOnlySpan<byte> shares) =>
        new(Namespace, Data(shares), Version, new ShareView(shares.Slice(Start * ShareView.Size, ShareView.Size)).Signer.ToArray());

    /// <summary>Where byte <paramref name="position"/> of the sequence lies: the share, counted from the first, and the byte in it.</summary>
    public (int Share, int Offset) Locate(int position)
    {
        bool compact = Namespace.IsCompact;
        int first = ShareView.DataOffset(compact, Version, start: true), next = ShareView.DataOffset(compact, Version, start: false);
        int inFirst = ShareView.Size - first, inNext = ShareView.Size - next;
        if (position < inFirst) return (0, first + position);
        (int share, int offset) = Math.DivRem(position - inFirst, inNext);
        return (1 + share, next + offset);
    }

    // All room for data in one share, and how much of it the sequence uses.
    private ReadOnlySpan<byte> Chunk(ReadOnlySpan<byte> shares, int index, out int used)
    {
        bool compact = Namespace.IsCompact;
        int first = ShareView.Size - ShareView.DataOffset(compact, Version, start: true);
        int next = ShareView.Size - ShareView.DataOffset(compact, Version, start: false);
        int room = index == 0 ? first : next, before = index == 0 ? 0 : first + (index - 1) * next;
        used = Math.Min(room, Length - before);
        return shares.Slice((Start + index + 1) * ShareView.Size - room, room);
    }
}
