using System.Runtime.CompilerServices;

namespace Prozchain.AI.Codec;

/// <summary>How one plane of a leaf is going to be written, and with what: worked out from its bytes alone.</summary>
internal struct PlanePlan
{
    // Planes of mantissas are noise. So many bytes of them show it, and the rest need not be counted.
    private const int SampleSlices = 8, SliceBytes = 512;

    private Table _table;

    /// <summary>The form.</summary>
    public PlaneForm Form { get; private set; }

    /// <summary>Most bytes that the plane takes in this form.</summary>
    public long MaxSize { get; private set; }

    /// <summary>Plans a plane.</summary>
    /// <param name="plane">Its bytes, at least one.</param>
    /// <param name="form">What to use if it is worth it; else the plane stays as it is, or is one byte if that says it all.</param>
    public static PlanePlan Make(ReadOnlySpan<byte> plane, PlaneForm form)
    {
        Span<uint> counts = stackalloc uint[ByteHistogram.Size];
        var plan = new PlanePlan { Form = PlaneForm.Raw, MaxSize = plane.Length };
        if (LooksRandom(plane, counts)) return plan;
        counts.Clear();
        ByteHistogram.Add(plane, counts);
        if (counts[plane[0]] == (uint)plane.Length)
        {
            plan.Form = PlaneForm.Constant;
            plan.MaxSize = 1;
            return plan;
        }
        long size = form switch
        {
            PlaneForm.Palette => PaletteCode.Values + PaletteCode.Size(plane.Length, PaletteCode.Choose(counts, plan._table)),
            PlaneForm.Huffman => plan.HuffmanSize(plane.Length, counts),
            // What Deflate will make of it is not known before.
            _ => plane.Length - plane.Length / 32,
        };
        if (size + HuffmanEncoder.Slack < plane.Length) (plan.Form, plan.MaxSize) = (form, size);
        return plan;
    }

    /// <summary>Writes the plane.</summary>
    /// <param name="destination">At least <see cref="MaxSize"/> + <see cref="HuffmanEncoder.Slack"/> bytes unless the plane is kept as it is.</param>
    /// <returns>Bytes written, or 0 if Deflate made more of it than <see cref="MaxSize"/>.</returns>
    public readonly int Write(ReadOnlySpan<byte> plane, Span<byte> destination)
    {
        switch (Form)
        {
            case PlaneForm.Constant:
                destination[0] = plane[0];
                return 1;
            case PlaneForm.Palette:
                ((ReadOnlySpan<byte>)_table)[..PaletteCode.Values].CopyTo(destination);
                return PaletteCode.Values + PaletteCode.Encode(plane, _table, destination[PaletteCode.Values..]);
            case PlaneForm.Huffman:
                int table = HuffmanTable.Write(_table, destination);
                return table + HuffmanEncoder.Encode(plane, _table, destination[table..]);
            case PlaneForm.Deflate:
                return DeflatePlane.Encode(plane, destination[..(int)MaxSize]);
            default:
                plane.CopyTo(destination);
                return plane.Length;
        }
    }

    private long HuffmanSize(int length, ReadOnlySpan<uint> counts)
    {
        HuffmanTable.Make(counts, _table);
        return HuffmanTable.MaxWritten + HuffmanEncoder.MaxSize(HuffmanTable.Bits(counts, _table), length);
    }

    private static bool LooksRandom(ReadOnlySpan<byte> plane, Span<uint> counts)
    {
        const int Sampled = SampleSlices * SliceBytes;
        if (plane.Length < 2 * Sampled) return false;
        counts.Clear();
        for (int i = 0; i < SampleSlices; i++)
            ByteHistogram.Add(plane.Slice((int)((long)(plane.Length - SliceBytes) * i / (SampleSlices - 1)), SliceBytes), counts);
        if (counts.ContainsAnyExceptInRange(0u, (uint)Sampled - 1)) return false;
        Span<byte> lengths = stackalloc byte[ByteHistogram.Size];
        HuffmanTable.Make(counts, lengths);
        // 7.75 of 8 bits.
        return HuffmanTable.Bits(counts, lengths) * 4 > 31L * Sampled;
    }

    [InlineArray(ByteHistogram.Size)]
    private struct Table
    {
        private byte _first;
    }
}
