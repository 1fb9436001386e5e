using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>
/// Vouches on <see cref="Buses.Range"/> that values have at most so many bytes, by looking each byte up in a
/// <see cref="ByteRangeAir"/>. Columns: the value, how often it is asked for, the bytes from the lowest.
/// </summary>
/// <remarks>Sound in fields of a characteristic above 256^bytes.</remarks>
public readonly struct RangeBytesAir : IAir
{
    private const int Value = 0, Count = 1, Byte = 2;

    private readonly int _bytes;
    private readonly Bus _bus;

    /// <summary>The AIR of a width.</summary>
    /// <param name="bytes">1 to 3, so that no value wraps in a field of 31 bits.</param>
    public RangeBytesAir(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, 3);
        _bytes = bytes;
        _bus = Buses.Range(8 * bytes);
    }

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = $"range by {_bytes} bytes", Width = Byte + _bytes };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue radix = b.Constant(256);
        TValue sum = b.Constant(0);
        for (int i = _bytes - 1; i >= 0; i--)
        {
            b.Send(Buses.ByteRange, b.Constant(1), [b.Local(Byte + i)]);
            sum = sum * radix + b.Local(Byte + i);
        }
        b.AssertEqual(Rows.All, b.Local(Value), sum, "value");
        b.Receive(_bus, b.Local(Count), [b.Local(Value)]);
    }

    /// <summary>
    /// The trace of values, each asked for once; rows beyond them hold zero, which nobody asks for. Every row asks for
    /// its bytes: count them in <paramref name="asked"/>.
    /// </summary>
    /// <param name="values">Each below 256^bytes.</param>
    /// <param name="asked">256 counters, one for each byte, which are raised.</param>
    public Trace<TField> Generate<TField>(ReadOnlySpan<uint> values, Span<uint> asked) where TField : struct, IField<TField>
    {
        var trace = new Trace<TField>(Byte + _bytes, TraceTools.Height(values.Length));
        for (int row = 0; row < trace.Height; row++)
        {
            uint value = row < values.Length ? values[row] : 0;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, (1u << (8 * _bytes)) - 1, nameof(values));
            trace[Value, row] = TField.FromUInt64(value);
            trace[Count, row] = row < values.Length ? TField.One : TField.Zero;
            for (int i = 0; i < _bytes; i++)
            {
                byte limb = (byte)(value >> (8 * i));
                trace[Byte + i, row] = TField.FromUInt64(limb);
                asked[limb]++;
            }
        }
        return trace;
    }
}
