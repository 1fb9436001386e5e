using System.Buffers;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Codec;

/// <summary>The codecs by their numbers, and the choice of one for a tensor.</summary>
internal static class TensorCodecs
{
    /// <summary>Set in the number of a codec that codes the XOR of a leaf with its base.</summary>
    public const byte DeltaFlag = 0x80;

    private const int SampleSlices = 4, SliceBytes = 32 << 10;

    /// <summary>Number 0: leaves as they are.</summary>
    public static ITensorCodec Raw { get; } = new RawCodec();

    /// <summary>Number 1: planes by a palette of fifteen values, about 75 % of bf16 weights; decodes fastest.</summary>
    public static ITensorCodec Palette { get; } = new PlaneCodec(PlaneForm.Palette, isDelta: false);

    /// <summary>Number 2: planes by the BCL's Deflate, Huffman codes only. Never chosen: number 3 gives as much, many times faster, and the same everywhere.</summary>
    public static ITensorCodec Deflate { get; } = new PlaneCodec(PlaneForm.Deflate, isDelta: false);

    /// <summary>Number 3: planes by interleaved Huffman codes, about 66.2 % of bf16 weights.</summary>
    public static ITensorCodec Huffman { get; } = new PlaneCodec(PlaneForm.Huffman, isDelta: false);

    /// <summary>Number 4: bf16 weights by Huffman codes of nine of their bits, about 65.8 %; everything else as number 3.</summary>
    public static ITensorCodec Weights { get; } = new WeightCodec();

    private static readonly ITensorCodec[] s_plain = [Raw, Palette, Deflate, Huffman, Weights];

    private static readonly ITensorCodec?[] s_delta =
        [null, new PlaneCodec(PlaneForm.Palette, isDelta: true), new PlaneCodec(PlaneForm.Deflate, isDelta: true), new PlaneCodec(PlaneForm.Huffman, isDelta: true)];

    // By what they cost to decode.
    private static readonly PlaneCodec[] s_plainChoices = [(PlaneCodec)Palette, (PlaneCodec)Huffman];

    private static readonly PlaneCodec[] s_deltaChoices = [(PlaneCodec)s_delta[1]!, (PlaneCodec)s_delta[3]!];

    /// <summary>The codec of a number; null if there is none of that number.</summary>
    public static ITensorCodec? Find(byte id)
    {
        int number = id & ~DeltaFlag;
        if (number >= s_plain.Length) return null;
        return (id & DeltaFlag) == 0 ? s_plain[number] : number < s_delta.Length ? s_delta[number] : null;
    }

    /// <summary>
    /// The codec for a tensor: of those that save at least a twentieth and come within a fiftieth of the tensor to the best, the
    /// one that decodes fastest, but of numbers 3 and 4 the cheaper; else <see cref="Raw"/>. With a base, a delta codec if one saves
    /// a twentieth of that again. The same sample gives the same codec.
    /// </summary>
    /// <param name="sample">A leaf of the tensor, or part of one that begins with an element. Of more than 128 KiB, four slices are looked at.</param>
    /// <param name="type">The type of the elements.</param>
    /// <param name="baseSample">The base's bytes at the same place, as many; or empty if there is no base.</param>
    /// <exception cref="ArgumentException">The base has another length than the sample, and is not empty.</exception>
    public static ITensorCodec Choose(ReadOnlySpan<byte> sample, TensorType type, ReadOnlySpan<byte> baseSample)
    {
        if (!baseSample.IsEmpty && baseSample.Length != sample.Length)
            throw new ArgumentException($"Expected a base of {sample.Length} bytes, as the sample has, got {baseSample.Length}.", nameof(baseSample));
        if (sample.Length <= SampleSlices * SliceBytes) return ChooseBy(sample, type, baseSample);

        byte[] slices = ArrayPool<byte>.Shared.Rent(2 * SampleSlices * SliceBytes);
        Span<byte> part = slices.AsSpan(0, SampleSlices * SliceBytes), basePart = slices.AsSpan(part.Length, baseSample.IsEmpty ? 0 : part.Length);
        TakeSlices(sample, part);
        TakeSlices(baseSample, basePart);
        ITensorCodec chosen = ChooseBy(part, type, basePart);
        ArrayPool<byte>.Shared.Return(slices);
        return chosen;
    }

    private static ITensorCodec ChooseBy(ReadOnlySpan<byte> sample, TensorType type, ReadOnlySpan<byte> baseSample)
    {
        long least = sample.Length;
        ITensorCodec plain = Better(s_plainChoices, sample, type, default, ref least) ?? Raw;
        return baseSample.IsEmpty ? plain : Better(s_deltaChoices, sample, type, baseSample, ref least) ?? plain;
    }

    // Null if none saves a twentieth of the least so far.
    private static ITensorCodec? Better(PlaneCodec[] choices, ReadOnlySpan<byte> sample, TensorType type, ReadOnlySpan<byte> baseSample, ref long least)
    {
        Span<long> sizes = stackalloc long[choices.Length];
        long worth = least - least / 20, best = worth;
        long weights = baseSample.IsEmpty && type == TensorType.BF16 ? WeightCodec.Estimate(sample) : long.MaxValue;
        for (int i = 0; i < choices.Length; i++)
        {
            sizes[i] = choices[i].Estimate(sample, type, baseSample);
            if (choices[i] == Huffman) sizes[i] = Math.Min(sizes[i], weights);
            best = Math.Min(best, sizes[i]);
        }
        long most = Math.Min(best + sample.Length / 50, worth);
        for (int i = 0; i < choices.Length; i++)
        {
            if (sizes[i] > most || sizes[i] >= least) continue;
            least = best;
            return choices[i] == Huffman && sizes[i] == weights ? Weights : choices[i];
        }
        return null;
    }

    // Slices begin at multiples of 16 bytes, so that they begin with elements.
    private static void TakeSlices(ReadOnlySpan<byte> from, Span<byte> to)
    {
        for (int i = 0; i < SampleSlices && !to.IsEmpty; i++)
            from.Slice((int)((long)(from.Length - SliceBytes) * i / (SampleSlices - 1)) & ~15, SliceBytes).CopyTo(to[(i * SliceBytes)..]);
    }
}
