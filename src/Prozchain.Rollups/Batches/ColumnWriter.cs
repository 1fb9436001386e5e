using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Prozchain.Shared;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// Writes the columns of a batch or a net diff (docs/formats/rollups-columns.md), each in the shortest of its forms. Keeps
/// its memory from batch to batch. Not thread-safe.
/// </summary>
public sealed class ColumnWriter
{
    // What BitWriter may touch behind its last bit.
    private const int Slack = 8;

    private readonly NumberPlanner _planner = new();
    private readonly List<ColumnSize> _sizes = [];
    private ulong[] _mantissas = [], _exponents = [];
    private IBufferWriter<byte> _output = s_nowhere;

    private static readonly ArrayBufferWriter<byte> s_nowhere = new();

    /// <summary>Bytes written since the output was set.</summary>
    public int Length { get; private set; }

    /// <summary>Where they went, in order of writing; valid until the next batch.</summary>
    public ReadOnlySpan<ColumnSize> Sizes => CollectionsMarshal.AsSpan(_sizes);

    internal void Start(IBufferWriter<byte> output, ColumnLayout layout)
    {
        _planner.Layout = layout;
        _output = output;
        _sizes.Clear();
        Length = 0;
    }

    internal void Stop() => _output = s_nowhere;

    /// <summary>Gives what was written since the last call a name in <see cref="Sizes"/>.</summary>
    public void EndColumn(string name)
    {
        int before = 0;
        foreach (ColumnSize size in Sizes) before += size.Bytes;
        _sizes.Add(new ColumnSize(name, Length - before));
    }

    /// <summary>One number, as a varint.</summary>
    public void WriteNumber(ulong value)
    {
        new WireWriter(_output).WriteVarint(value);
        Length += WireWriter.VarintLength(value);
    }

    /// <summary>One number that may have more than 64 bits, as a varint.</summary>
    internal void WriteWideNumber(UInt128 value)
    {
        for (; value >= 0x80; value >>= 7) WriteByte((byte)((byte)value | 0x80));
        WriteByte((byte)value);
    }

    /// <summary>Bytes as they are. Their length is for the reader to know.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        Length += bytes.Length;
    }

    /// <summary>A column of numbers, whose count is for the reader to know.</summary>
    public void WriteNumbers(ReadOnlySpan<ulong> column)
    {
        if (column.IsEmpty) return;
        NumberPlan plan = _planner.Plan(column);
        if (plan.Form == ColumnForm.Packed)
        {
            WritePacked(plan.First, column);
            return;
        }
        WriteByte((byte)((int)plan.Form << 6));
        WriteNumber((ulong)plan.Entries);
        if (plan.Form == ColumnForm.Sparse) WriteNumber(plan.Usual);
        WritePacked(plan.First, _planner.First(plan));
        WritePacked(plan.Second, _planner.Second(plan, column.Length));
    }

    /// <summary>A column of amounts, as decimal floats with escapes.</summary>
    public void WriteAmounts(ReadOnlySpan<UInt128> column)
    {
        if (_mantissas.Length < column.Length) (_mantissas, _exponents) = (new ulong[column.Length], new ulong[column.Length]);
        for (int i = 0; i < column.Length; i++)
        {
            (ulong mantissa, int exponent) = DecimalFloat.Split(column[i]);
            (_mantissas[i], _exponents[i]) = (mantissa, (ulong)exponent);
        }
        WriteNumbers(_exponents.AsSpan(0, column.Length));
        WriteNumbers(_mantissas.AsSpan(0, column.Length));
        for (int i = 0; i < column.Length; i++)
        {
            if (_exponents[i] != DecimalFloat.Escape) continue;
            BinaryPrimitives.WriteUInt128LittleEndian(_output.GetSpan(DecimalFloat.EscapedSize), column[i]);
            Advance(DecimalFloat.EscapedSize);
        }
    }

    internal void WriteByte(byte value)
    {
        _output.GetSpan(1)[0] = value;
        Advance(1);
    }

    private void WritePacked(in PackedNumbers plan, ReadOnlySpan<ulong> values)
    {
        Span<byte> header = _output.GetSpan(PackedNumbers.HeaderBytes);
        header[0] = (byte)plan.ClassBits;
        header[1] = (byte)plan.ShortBits;
        Advance(PackedNumbers.HeaderBytes);
        WriteNumber(plan.Least);
        // Classes first: what the body then overwrites of them is their slack.
        Span<byte> bytes = _output.GetSpan(plan.ClassBytes + plan.BodyBytes + 2 * Slack);
        plan.WriteClasses(values, bytes);
        plan.WriteBody(values, bytes[plan.ClassBytes..]);
        Advance(plan.ClassBytes + plan.BodyBytes);
    }

    private void Advance(int count)
    {
        _output.Advance(count);
        Length += count;
    }
}
