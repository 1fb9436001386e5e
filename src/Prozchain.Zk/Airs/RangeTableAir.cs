using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>
/// The table of all values of so many bits, preprocessed, which vouches on <see cref="Buses.Range"/>. Its column is how often
/// each value is asked for; 2^bits rows.
/// </summary>
/// <remarks>Cheaper than <see cref="RangeBitsAir"/> and <see cref="RangeBytesAir"/> once it is asked about as often as it has rows: an ask takes no row of its own.</remarks>
public readonly struct RangeTableAir : IAir
{
    /// <summary>Most bits: a table of 65,536 rows.</summary>
    public const int MaxBits = 16;

    private readonly int _bits;
    private readonly Bus _bus;

    /// <summary>The table of a width.</summary>
    /// <param name="bits">1 to 16.</param>
    public RangeTableAir(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, MaxBits);
        _bits = bits;
        _bus = Buses.Range(bits);
    }

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = $"range table of {_bits} bits", Width = 1, PreprocessedWidth = 1, Height = 1 << _bits };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue> =>
        b.Receive(_bus, b.Local(0), [b.Preprocessed(0)]);

    /// <inheritdoc/>
    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, IField<TField>
    {
        Span<TField> values = columns.Column(0);
        for (int row = 0; row < values.Length; row++) values[row] = TField.FromUInt64((ulong)row);
    }

    /// <summary>The trace.</summary>
    /// <param name="asked">How often each of the 2^bits values is asked for.</param>
    /// <exception cref="ArgumentException">Not as many counters.</exception>
    public Trace<TField> Generate<TField>(ReadOnlySpan<uint> asked) where TField : struct, IField<TField>
    {
        if (asked.Length != 1 << _bits) throw new ArgumentException($"Expected {1 << _bits} counters, got {asked.Length}.", nameof(asked));
        var trace = new Trace<TField>(1, asked.Length);
        Span<TField> counts = trace.Column(0);
        for (int row = 0; row < counts.Length; row++) counts[row] = TField.FromUInt64(asked[row]);
        return trace;
    }
}
