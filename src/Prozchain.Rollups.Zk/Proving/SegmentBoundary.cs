using System.Buffers;
using Prozchain.Rollups.Zk.Circuit;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>
/// What a segment of a batch hands to the next, as its tables have it among their public values: the end of one is the start of the next, which is
/// why a proof of a batch says each once. In range by the tables of the segment before, but for the first, which the verifier knows.
/// </summary>
/// <remarks>Immutable.</remarks>
internal sealed class SegmentBoundary
{
    /// <summary>Where in the elements: the sponge's row; place, transaction and failed of the parser; what stands before full rows; what stands before payments; accounts; effects.</summary>
    private const int SpongeAt = 0, ParserAt = SpongeAt + SpongeColumns.Boundary, FieldsAt = ParserAt + ParserElements, PaymentsAt = FieldsAt + FullRowColumns.Carried, CountsAt = PaymentsAt + PaymentColumns.CarriedCount;

    private const int ParserElements = 3, Count = CountsAt + 2;

    private readonly F[] _elements;

    private SegmentBoundary(F[] elements) => _elements = elements;

    /// <summary>Bytes of the encoding.</summary>
    public static int EncodedSize => Count * F.EncodedSize;

    /// <summary>The row of <see cref="SpongeAir"/>.</summary>
    public ReadOnlySpan<F> Sponge => _elements.AsSpan(SpongeAt, SpongeColumns.Boundary);

    /// <summary>Place, transaction and whether a fault was shown, of <see cref="ParserAir"/>.</summary>
    public ReadOnlySpan<F> Parser => _elements.AsSpan(ParserAt, ParserElements);

    /// <summary>What stands before the fields of <see cref="FullRowAir"/>.</summary>
    public ReadOnlySpan<F> Fields => _elements.AsSpan(FieldsAt, FullRowColumns.Carried);

    /// <summary>What stands before the payments of <see cref="PaymentAir"/>.</summary>
    public ReadOnlySpan<F> Payments => _elements.AsSpan(PaymentsAt, PaymentColumns.CarriedCount);

    /// <summary>Accounts, then effects so far.</summary>
    public ReadOnlySpan<F> Counts => _elements.AsSpan(CountsAt, 2);

    /// <summary>The chunk at hand, and whether its hash was told.</summary>
    public (uint Chunk, bool IsEnded) Chunk => (Sponge[SpongeColumns.Chunk].ToUInt32(), Sponge[SpongeColumns.Ended] == F.One);

    /// <summary>Rows read so far.</summary>
    public uint Transaction => Parser[1].ToUInt32();

    /// <summary>Effects so far.</summary>
    public uint Exits => Counts[1].ToUInt32();

    /// <summary>A boundary from its parts, each as long as the property that it becomes.</summary>
    /// <exception cref="ArgumentException">A part of another length.</exception>
    public static SegmentBoundary Of(ReadOnlySpan<F> sponge, ReadOnlySpan<F> parser, ReadOnlySpan<F> fields, ReadOnlySpan<F> payments, uint accounts, uint exits)
    {
        F[] elements = [.. sponge, .. parser, .. fields, .. payments, F.FromUInt32(accounts), F.FromUInt32(exits)];
        if (sponge.Length != SpongeColumns.Boundary || parser.Length != ParserElements || fields.Length != FullRowColumns.Carried || elements.Length != Count)
            throw new ArgumentException($"Expected parts of {SpongeColumns.Boundary}, {ParserElements}, {FullRowColumns.Carried} and {PaymentColumns.CarriedCount} elements, got {sponge.Length}, {parser.Length}, {fields.Length} and {payments.Length}.");
        return new(elements);
    }

    /// <summary>The boundaries of a segment, from the public values of its tables.</summary>
    public static (SegmentBoundary Start, SegmentBoundary End) Of(F[][] values)
    {
        return (Of(SpongeColumns.First, ParserColumns.First, FullRowColumns.Before, PaymentAir.In, TransactionAir.Start), Of(SpongeColumns.Last, ParserColumns.Last, FullRowColumns.After, PaymentAir.Out, TransactionAir.End));

        SegmentBoundary Of(int sponge, int parser, int fields, int payments, int transactions) => new(
        [
            .. values[(int)SegmentTable.Sponge].AsSpan(sponge, SpongeColumns.Boundary), .. values[(int)SegmentTable.Parser].AsSpan(parser, ParserElements),
            .. values[(int)SegmentTable.FullRows].AsSpan(fields, FullRowColumns.Carried), .. values[(int)SegmentTable.Payments].AsSpan(payments, PaymentColumns.CarriedCount),
            .. values[(int)SegmentTable.Transactions].AsSpan(transactions + 1, 2),
        ]);
    }

    /// <summary>Reads <see cref="EncodedSize"/> untrusted bytes: false for elements that are not canonical.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out SegmentBoundary? boundary)
    {
        boundary = null;
        if (bytes.Length != EncodedSize) return false;
        var elements = new F[Count];
        for (int i = 0; i < Count; i++)
            if (!F.TryRead(bytes.Slice(i * F.EncodedSize, F.EncodedSize), out elements[i])) return false;
        boundary = new(elements);
        return true;
    }

    /// <summary>Writes the encoding.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        Span<byte> bytes = output.GetSpan(EncodedSize);
        for (int i = 0; i < Count; i++) _elements[i].Write(bytes[(i * F.EncodedSize)..]);
        output.Advance(EncodedSize);
    }
}
