using System.Buffers;
using System.Buffers.Binary;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Codec;

/// <summary>
/// bf16 weights: Huffman codes of the exponent and the highest bit of the mantissa together, the other bits as they are, of
/// <see cref="WeightPlanes"/>. That bit is no noise: a normal variable is more often in the lower half of a binade. Leaves that do
/// not fit, and other types, are coded as <see cref="TensorCodecs.Huffman"/> codes them.
/// </summary>
internal sealed class WeightCodec : ITensorCodec
{
    // Behind those of a plane codec's leaves.
    private const byte WeightsLeaf = 2;

    private const int Header = 2, ExceptionBytes = sizeof(uint), MaxElements = 1 << 24;

    // Codes are made for one byte in eight of a long leaf.
    private const int Sampled = 8, LeastSampled = 1 << 17;

    // Bytes rarer than that have no code: an exception costs less than the room that a code takes from the others.
    private const int LeastShare = 1 << 13, MostExceptions = 2048;

    private static readonly PlaneCodec s_planes = (PlaneCodec)TensorCodecs.Huffman;

    // Magnitudes below 2, zero among them; then all from 2^-63 on.
    private static ReadOnlySpan<byte> Biases => [0, 64];

    public byte Id => 4;

    public int MaxEncoded(int length) => s_planes.MaxEncoded(length);

    public int Encode(ReadOnlySpan<byte> leaf, TensorType type, ReadOnlySpan<byte> baseLeaf, Span<byte> destination, Span<byte> scratch = default)
    {
        if (destination.Length < MaxEncoded(leaf.Length))
            throw new ArgumentException($"Expected a destination of at least {MaxEncoded(leaf.Length)} bytes, got {destination.Length}.", nameof(destination));
        int n = leaf.Length / 2, written = 0;
        if (type == TensorType.BF16 && n > 0)
        {
            byte[]? rented = scratch.Length < n ? ArrayPool<byte>.Shared.Rent(n) : null;
            Span<byte> high = rented ?? scratch;
            written = Write(leaf, high[..n], destination[..(leaf.Length + 1)]);
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
        return written != 0 ? written : s_planes.Encode(leaf, type, baseLeaf, destination, scratch);
    }

    public unsafe CodecStatus TryDecode(ReadOnlySpan<byte> encoded, TensorType type, ReadOnlySpan<byte> baseLeaf, Span<byte> leaf)
    {
        if (encoded.IsEmpty || encoded[0] != WeightsLeaf) return s_planes.TryDecode(encoded, type, baseLeaf, leaf);
        int n = leaf.Length / 2, tail = leaf.Length % 2, low = WeightPlanes.LowBytes(n);
        if (type != TensorType.BF16 || n == 0) return CodecStatus.UnknownForm;
        if (encoded.Length < Header + low + tail) return CodecStatus.WrongLength;
        byte[] scratch = ArrayPool<byte>.Shared.Rent(PlaneCursor.ScratchBytes);
        CodecStatus status;
        fixed (byte* bytes = encoded, own = scratch)
        {
            byte* lows = bytes + Header;
            status = PlaneCursor.Open(PlaneForm.Huffman, lows + low, encoded.Length - Header - low - tail, n, own, out PlaneCursor cursor);
            for (int start = 0; start < n && status == CodecStatus.Ok; start += HuffmanEncoder.BlockSymbols)
            {
                int length = Math.Min(HuffmanEncoder.BlockSymbols, n - start);
                byte* high = cursor.Next(length);
                if (high == null || !WeightPlanes.Merge(high, lows + WeightPlanes.LowBytes(start), encoded[1], leaf.Slice(2 * start, 2 * length))) status = CodecStatus.BadSymbols;
            }
            if (status == CodecStatus.Ok) status = Correct(cursor.Rest, encoded[1], leaf[..(2 * n)]);
        }
        ArrayPool<byte>.Shared.Return(scratch);
        encoded[(encoded.Length - tail)..].CopyTo(leaf[(2 * n)..]);
        return status;
    }

    /// <summary>About what a leaf of bf16 takes in this codec's own form; more than the leaf has if it does not fit.</summary>
    public static long Estimate(ReadOnlySpan<byte> leaf)
    {
        int n = leaf.Length / 2;
        if (n == 0) return leaf.Length + 1;
        byte[] scratch = ArrayPool<byte>.Shared.Rent(n + WeightPlanes.LowBytes(n));
        Span<byte> high = scratch.AsSpan(0, n), lengths = stackalloc byte[ByteHistogram.Size];
        long size = leaf.Length + 1;
        if (TrySplit(leaf[..(2 * n)], high, scratch.AsSpan(n), out _))
        {
            Span<uint> counts = stackalloc uint[ByteHistogram.Size];
            Count(high, counts, 1);
            long exceptions = Plan(counts, lengths, n);
            size = Header + WeightPlanes.LowBytes(n) + HuffmanTable.MaxWritten + HuffmanEncoder.MaxSize(HuffmanTable.Bits(counts, lengths), n)
                + exceptions * ExceptionBytes + leaf.Length % 2;
        }
        ArrayPool<byte>.Shared.Return(scratch);
        return Math.Min(size, leaf.Length + 1);
    }

    // Returns 0 if the leaf does not fit or is not shorter that way.
    private static int Write(ReadOnlySpan<byte> leaf, Span<byte> high, Span<byte> destination)
    {
        int n = high.Length, at = Header + WeightPlanes.LowBytes(n), tail = leaf.Length % 2;
        if (n >= MaxElements || at + HuffmanTable.MaxWritten + HuffmanEncoder.Slack + tail >= leaf.Length) return 0;
        if (!TrySplit(leaf[..(2 * n)], high, destination[Header..], out byte bias)) return 0;
        (destination[0], destination[1]) = (WeightsLeaf, bias);

        Span<uint> counts = stackalloc uint[ByteHistogram.Size], exceptions = stackalloc uint[MostExceptions];
        Span<byte> lengths = stackalloc byte[ByteHistogram.Size];
        // A sample may mislead; then all bytes are counted.
        for (int step = n >= LeastSampled ? Sampled : 1; ; step = 1)
        {
            Count(high, counts, step);
            long bits = Plan(counts, lengths, n / step) * HuffmanTable.MaxLength + HuffmanTable.Bits(counts, lengths);
            int table = HuffmanTable.Write(lengths, destination[at..]);
            Span<byte> room = destination[(at + table)..^(tail + 1)];
            if (step == 1 && HuffmanEncoder.MaxSize(bits, n) + HuffmanEncoder.Slack > room.Length) return 0;
            int coded = HuffmanEncoder.TryEncode(high, lengths, room, isRoom: step == 1, exceptions, out int count);
            if (coded == 0 || count > MostExceptions || room.Length - coded < count * ExceptionBytes)
            {
                if (step == 1) return 0;
                continue;
            }
            at += table + coded;
            for (int i = 0; i < count; i++, at += ExceptionBytes) BinaryPrimitives.WriteUInt32LittleEndian(destination[at..], exceptions[i]);
            leaf[(2 * n)..].CopyTo(destination[at..]);
            return at + tail;
        }
    }

    // Puts the bytes without a code where they belong. They stand in order, each once.
    private static CodecStatus Correct(ReadOnlySpan<byte> exceptions, byte bias, Span<byte> elements)
    {
        if (exceptions.Length % ExceptionBytes != 0) return CodecStatus.WrongLength;
        long before = -1;
        for (; !exceptions.IsEmpty; exceptions = exceptions[ExceptionBytes..])
        {
            uint exception = BinaryPrimitives.ReadUInt32LittleEndian(exceptions);
            long place = exception >> 8;
            if (place <= before || place >= elements.Length / 2) return CodecStatus.BadSymbols;
            before = place;
            WeightPlanes.SetHigh(elements.Slice((int)(2 * place), 2), (byte)exception, bias);
        }
        return CodecStatus.Ok;
    }

    private static bool TrySplit(ReadOnlySpan<byte> elements, Span<byte> high, Span<byte> low, out byte bias)
    {
        foreach (byte tried in Biases)
        {
            bias = tried;
            if (WeightPlanes.Split(elements, tried, high, low)) return true;
        }
        bias = 0;
        return false;
    }

    private static void Count(ReadOnlySpan<byte> high, Span<uint> counts, int step)
    {
        counts.Clear();
        ByteHistogram.AddSample(high, counts, step * sizeof(ulong));
    }

    // Codes for bytes that are not too rare, whose counts then are 0; returns how many those were.
    private static long Plan(Span<uint> counts, Span<byte> lengths, int n)
    {
        long exceptions = 0;
        int most = 0, kept = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] > counts[most]) most = i;
            if ((long)counts[i] * LeastShare < n)
            {
                exceptions += counts[i];
                counts[i] = 0;
            }
            else
            {
                kept++;
            }
        }
        // A code has two bytes at least.
        if (kept < 2) counts[most ^ 1] = 1;
        HuffmanTable.Make(counts, lengths);
        return exceptions;
    }
}
