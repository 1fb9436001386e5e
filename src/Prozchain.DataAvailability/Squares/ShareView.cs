using System.Buffers.Binary;

namespace Prozchain.DataAvailability.Squares;

/// <summary>
/// The fields of one 512-byte share of a square: any bytes can be viewed, and no member throws on them. A sequence (a
/// blob, or all transactions of a kind) begins in a share of its own and goes on in the shares after it. Format:
/// docs/formats/da-celestia-square.md.
/// </summary>
public readonly ref struct ShareView
{
    /// <summary>Bytes of a share.</summary>
    public const int Size = 512;

    /// <summary>Highest share version that is known: 0 without a signer, 1 with, 2 for a blob kept outside the square.</summary>
    public const byte MaxVersion = 2;

    internal const int InfoOffset = Namespace.Size, HeaderSize = Namespace.Size + 1, LengthSize = 4, ReservedSize = 4;
    private readonly ReadOnlySpan<byte> _share;

    /// <summary>Views one share.</summary>
    /// <exception cref="ArgumentException">There are not 512 bytes.</exception>
    public ShareView(ReadOnlySpan<byte> share)
    {
        if (share.Length != Size) throw new ArgumentException($"Expected {Size} bytes, got {share.Length}.", nameof(share));
        _share = share;
    }

    /// <summary>The first 29 bytes.</summary>
    public Namespace Namespace => new(_share[..Namespace.Size]);

    /// <summary>0 to 127: the high seven bits of the byte after the namespace.</summary>
    public byte Version => (byte)(_share[InfoOffset] >> 1);

    /// <summary>True if a sequence begins here.</summary>
    public bool IsSequenceStart => (_share[InfoOffset] & 1) != 0;

    /// <summary>Bytes of the sequence that begins here; 0 in padding and where none begins.</summary>
    public uint SequenceLength => IsSequenceStart ? BinaryPrimitives.ReadUInt32BigEndian(_share[HeaderSize..]) : 0;

    /// <summary>True for a share that holds no data: a sequence without bytes, or one in a namespace for padding.</summary>
    public bool IsPadding =>
        (IsSequenceStart && SequenceLength == 0) || Namespace == Namespace.PrimaryReservedPadding || Namespace == Namespace.TailPadding;

    /// <summary>The 20 bytes that name who pays, in the first share of versions 1 and 2; else empty.</summary>
    public ReadOnlySpan<byte> Signer => HasSigner ? _share.Slice(HeaderSize + LengthSize, Blob.SignerSize) : [];

    /// <summary>What the share holds of its sequence, and the zeros after the sequence's end.</summary>
    public ReadOnlySpan<byte> Data => _share[DataOffset(Namespace.IsCompact, Version, IsSequenceStart)..];

    private bool HasSigner => IsSequenceStart && Version is 1 or 2;

    internal static int DataOffset(bool compact, byte version, bool start) =>
        HeaderSize + (start ? LengthSize : 0) + (compact ? ReservedSize : 0) + (start && version is 1 or 2 ? Blob.SignerSize : 0);

    /// <summary>Shares that a sequence of that many bytes fills; 0 for none.</summary>
    internal static int CountFor(long length, bool compact, byte version)
    {
        int first = Size - DataOffset(compact, version, start: true), next = Size - DataOffset(compact, version, start: false);
        return length == 0 ? 0 : length <= first ? 1 : 1 + (int)((length - first + next - 1) / next);
    }

    /// <summary>Writes namespace, info byte and, at a start, the length.</summary>
    internal static void WriteHeader(Span<byte> share, Namespace ns, byte version, bool start, uint length)
    {
        ns.Bytes.CopyTo(share);
        share[InfoOffset] = (byte)(version << 1 | (start ? 1 : 0));
        if (start) BinaryPrimitives.WriteUInt32BigEndian(share[HeaderSize..], length);
    }

    /// <summary>Fills shares with padding: sequences without bytes.</summary>
    internal static void WritePadding(Span<byte> shares, Namespace ns, byte version)
    {
        for (; !shares.IsEmpty; shares = shares[Size..])
        {
            WriteHeader(shares, ns, version, start: true, 0);
            shares[(HeaderSize + LengthSize)..Size].Clear();
        }
    }
}
