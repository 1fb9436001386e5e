using System.Numerics;
using Prozchain.Shared;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// How a run of numbers is packed: less their least one, each has a class of <see cref="ClassBits"/> bits and then as many
/// bits as its class says. Class 0 holds the numbers of at most <see cref="ShortBits"/> bits, in that many bits; class c
/// those of exactly ShortBits + c bits, without their leading one. Numbers whose logarithms are spread evenly, as popular
/// and rare accounts are, come within a fifth of a bit of their entropy; equal numbers take no bits, small ones of one width just that
/// width, flags one bit. No table travels, and nothing has to be modelled by who proves the decoding.
/// </summary>
internal readonly record struct PackedNumbers(ulong Least, int ClassBits, int ShortBits, int ClassBytes, long BodyBits)
{
    /// <summary>Classes of more bits are never needed: 6 bits tell 64 lengths apart.</summary>
    public const int MaxClassBits = 6;

    /// <summary>In place of class bits: the numbers, less the least one, are varints, each as a whole byte or more.</summary>
    public const int Aligned = 7;

    /// <summary>Bytes of the header, without the least number.</summary>
    public const int HeaderBytes = 2;

    public int BodyBytes => (int)((BodyBits + 7) / 8);

    /// <summary>Length of the encoding in bytes.</summary>
    public int Bytes => HeaderBytes + WireWriter.VarintLength(Least) + ClassBytes + BodyBytes;

    /// <summary>The packing of fewest bytes, and of those the one with the fewest class bits.</summary>
    public static PackedNumbers Plan(ReadOnlySpan<ulong> values, ColumnLayout layout)
    {
        if (values.IsEmpty) return default;
        ulong least = ulong.MaxValue;
        foreach (ulong value in values) least = Math.Min(least, value);
        Span<int> lengths = stackalloc int[65];
        lengths.Clear();
        foreach (ulong value in values) lengths[BitLength(value - least)]++;
        int longest = 64;
        while (longest > 0 && lengths[longest] == 0) longest--;
        PackedNumbers best = default;
        if (layout == ColumnLayout.Aligned && longest > 0)
        {
            long bytes = 0;
            for (int length = 0; length <= longest; length++) bytes += (long)lengths[length] * Math.Max(1, (length + 6) / 7);
            return new PackedNumbers(least, Aligned, 0, 0, 8 * bytes);
        }
        for (int classBits = 0; classBits <= MaxClassBits; classBits++)
        {
            int shortBits = Math.Max(0, longest - ((1 << classBits) - 1));
            long bits = 0;
            for (int length = 0; length <= longest; length++) bits += (long)lengths[length] * BodyWidth(length, shortBits);
            var plan = new PackedNumbers(least, classBits, shortBits, (int)(((long)values.Length * classBits + 7) / 8), bits);
            if (classBits == 0 || plan.Bytes < best.Bytes) best = plan;
            if (shortBits == 0) break;
        }
        return best;
    }

    /// <summary>Writes the classes and 8 bytes behind them.</summary>
    public void WriteClasses(ReadOnlySpan<ulong> values, Span<byte> destination)
    {
        var writer = new BitWriter(destination);
        if (ClassBits is 0 or Aligned) return;
        foreach (ulong value in values) writer.Write((ulong)Math.Max(0, BitLength(value - Least) - ShortBits), ClassBits);
        writer.Finish();
    }

    /// <summary>Writes the bodies and 8 bytes behind them.</summary>
    public void WriteBody(ReadOnlySpan<ulong> values, Span<byte> destination)
    {
        if (ClassBits == Aligned)
        {
            WriteVarints(values, destination);
            return;
        }
        var writer = new BitWriter(destination);
        foreach (ulong value in values)
        {
            ulong number = value - Least;
            int length = BitLength(number);
            if (length <= ShortBits) writer.Write(number, ShortBits);
            else writer.Write(number & ~(1UL << (length - 1)), length - 1);
        }
        writer.Finish();
    }

    /// <summary>The bits of the body that the classes announce.</summary>
    public static long CountBodyBits(ReadOnlySpan<byte> classes, int count, int classBits, int shortBits)
    {
        if (classBits == 0) return (long)count * shortBits;
        var reader = new BitReader(classes);
        long bits = 0;
        for (int i = 0; i < count; i++)
        {
            int number = (int)reader.Read(classBits);
            bits += number == 0 ? shortBits : shortBits + number - 1;
        }
        return bits;
    }

    /// <summary>Reads what was written. False if a number passes 2^64 - 1 or padding is not zero.</summary>
    public bool TryRead(ReadOnlySpan<byte> classes, ReadOnlySpan<byte> body, Span<ulong> values)
    {
        BitReader classReader = new(classes), bodyReader = new(body);
        bool fits = true;
        foreach (ref ulong value in values)
        {
            int number = (int)classReader.Read(ClassBits);
            int width = number == 0 ? ShortBits : ShortBits + number - 1;
            ulong read = bodyReader.Read(width);
            if (number > 0) read |= 1UL << width;
            value = Least + read;
            fits &= value >= Least;
        }
        return fits && classReader.IsPaddingZero() && bodyReader.IsPaddingZero();
    }

    private void WriteVarints(ReadOnlySpan<ulong> values, Span<byte> destination)
    {
        int at = 0;
        foreach (ulong value in values)
        {
            ulong number = value - Least;
            for (; number >= 0x80; number >>= 7) destination[at++] = (byte)(number | 0x80);
            destination[at++] = (byte)number;
        }
    }

    private static int BitLength(ulong value) => 64 - BitOperations.LeadingZeroCount(value);

    private static int BodyWidth(int length, int shortBits) => length <= shortBits ? shortBits : length - 1;
}
