using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The powers of ten that amounts have, 10^0 to 10^30, preprocessed, which answers on <see cref="RollupBuses.Pow10"/>. Its column is how often
/// each is asked for; 32 rows, of which the last repeats the one before.
/// </summary>
internal readonly struct Pow10Air : IAir
{
    /// <summary>Rows.</summary>
    public const int Height = 32;

    /// <summary>The largest exponent that is answered: with a larger one no amount is below 2^120 in only one way.</summary>
    public const int MaxExponent = 30;

    /// <summary>Limbs of a power, and bits of each.</summary>
    public const int Limbs = 7, LimbBits = 15;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "powers of ten", Width = 1, PreprocessedWidth = 1 + Limbs, Height = Height };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        InlineArray8<TValue> fact = default;
        for (int i = 0; i < 1 + Limbs; i++) fact[i] = b.Preprocessed(i);
        b.Receive(RollupBuses.Pow10, b.Local(0), fact);
    }

    /// <inheritdoc/>
    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, IField<TField>
    {
        UInt128 power = 1;
        for (int row = 0; row < Height; row++)
        {
            columns[0, row] = TField.FromUInt64((ulong)Math.Min(row, MaxExponent));
            for (int i = 0; i < Limbs; i++) columns[1 + i, row] = TField.FromUInt64(Limb(power, i));
            if (row < MaxExponent) power *= 10;
        }
    }

    /// <summary>A limb of a power, the lowest first.</summary>
    public static uint Limb(UInt128 power, int index) => (uint)(power >> LimbBits * index) & ((1u << LimbBits) - 1);

    /// <summary>The trace.</summary>
    /// <param name="asked">How often each exponent from 0 to 30 is asked for.</param>
    public static Trace<F> Generate(ReadOnlySpan<uint> asked)
    {
        if (asked.Length != MaxExponent + 1) throw new ArgumentException($"Expected {MaxExponent + 1} counters, got {asked.Length}.", nameof(asked));
        var trace = new Trace<F>(1, Height);
        for (int row = 0; row < asked.Length; row++) trace[0, row] = F.FromUInt32(asked[row]);
        return trace;
    }
}
