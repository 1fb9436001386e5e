using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>
/// Vouches on <see cref="Buses.Range"/> that values have at most so many bits, by their bits. Columns: the value, how
/// often it is asked for, the bits from the lowest.
/// </summary>
/// <remarks>Sound in fields of a characteristic above 2^bits.</remarks>
public readonly struct RangeBitsAir : IAir
{
    private const int Value = 0, Count = 1, Bit = 2;

    private readonly int _bits;
    private readonly Bus _bus;

    /// <summary>The AIR of a width.</summary>
    /// <param name="bits">1 to 30, so that no value wraps in a field of 31 bits.</param>
    public RangeBitsAir(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 30);
        _bits = bits;
        _bus = Buses.Range(bits);
    }

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = $"range by {_bits} bits", Width = Bit + _bits };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue sum = b.Constant(0);
        for (int i = _bits - 1; i >= 0; i--)
        {
            TValue bit = b.Local(Bit + i);
            b.AssertBoolean(bit, "bit", i);
            sum = sum + sum + bit;
        }
        b.AssertEqual(Rows.All, b.Local(Value), sum, "value");
        b.Receive(_bus, b.Local(Count), [b.Local(Value)]);
    }

    /// <summary>The trace of values, each asked for once; rows beyond them hold zero, which nobody asks for.</summary>
    /// <param name="values">Each below 2^bits.</param>
    public Trace<TField> Generate<TField>(ReadOnlySpan<uint> values) where TField : struct, IField<TField>
    {
        var trace = new Trace<TField>(Bit + _bits, TraceTools.Height(values.Length));
        for (int row = 0; row < values.Length; row++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(values[row], (1u << _bits) - 1, nameof(values));
            trace[Value, row] = TField.FromUInt64(values[row]);
            trace[Count, row] = TField.One;
            trace.WriteBits(Bit, row, values[row], _bits);
        }
        return trace;
    }
}
