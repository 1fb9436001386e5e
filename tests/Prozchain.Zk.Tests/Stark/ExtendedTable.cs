using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transforms;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>A table as a prover has it: polynomials of all its columns, and its quotient as a polynomial.</summary>
internal sealed class ExtendedTable
{
    private const int Degree = 4;
    private static readonly FastDft<F> s_dft = new();
    private readonly AirTape<F> _tape;
    private readonly int _logBound;
    private readonly F[][] _main, _preprocessed, _lookup;
    private readonly F[] _publicValues;

    /// <param name="lookups">The table's part of a plan.</param>
    /// <param name="main">Its trace.</param>
    /// <param name="preprocessed">Its preprocessed columns, or null.</param>
    /// <param name="publicValues">Its public values.</param>
    /// <param name="challenges">Challenges; the terminal is computed.</param>
    /// <param name="hidden">Whether columns pass through random values between the rows.</param>
    public ExtendedTable(TableLookups lookups, Trace<F> main, Trace<F>? preprocessed, F[] publicValues, TableChallenges<E> challenges, bool hidden = false)
    {
        Lookups = lookups;
        _tape = new(lookups);
        _publicValues = publicValues;
        LogRows = BitOperations.Log2((uint)main.Height);
        _logBound = LogRows + (hidden ? 1 : 0);
        _main = [.. Enumerable.Range(0, main.Width).Select(column => Polynomial(main.Column(column)))];
        _preprocessed = [.. Enumerable.Range(0, preprocessed?.Width ?? 0).Select(column => Polynomial(preprocessed!.Column(column)))];
        var columns = new F[lookups.Columns * Degree * main.Height];
        E terminal = default;
        if (lookups.HasAny)
            Assert.True(LookupColumns.TryGenerate(_tape, main, preprocessed, publicValues, challenges.Alpha, challenges.Beta, columns,
                new(lookups.Columns * Degree, main.Height), out terminal));
        _lookup = [.. Enumerable.Range(0, lookups.Columns * Degree).Select(column => Polynomial(columns.AsSpan(column * main.Height, main.Height)))];
        Challenges = challenges with { Terminal = terminal };
    }

    public TableLookups Lookups { get; }

    public int LogRows { get; }

    public TableChallenges<E> Challenges { get; set; }

    /// <summary>The most that the degree of the quotient may be.</summary>
    public int QuotientDegree => Lookups.MaxDegree * ((1 << _logBound) - 1) + 1 - (1 << LogRows);

    /// <summary>The coefficients of the polynomial through the quotient on 2^logBlocks blocks, coordinate by coordinate.</summary>
    public F[][] Quotient(int logBlocks)
    {
        int block = 1 << _logBound, size = block << logBlocks;
        F[][] coordinates = [.. Enumerable.Range(0, Degree).Select(_ => new F[size])];
        F root = F.TwoAdicGenerator(_logBound + logBlocks);
        var values = new F[Degree * block];
        for (int i = 0; i < 1 << logBlocks; i++)
        {
            F shift = F.MultiplicativeGenerator * FieldMath.Power(root, (ulong)BitReversal.Reverse(i, logBlocks));
            QuotientEvaluator.Evaluate(Task(shift), values, new(Degree, block), cancellation: TestContext.Current.CancellationToken);
            for (int k = 0; k < Degree; k++)
                for (int j = 0; j < block; j++) coordinates[k][BitReversal.Reverse(i * block + j, _logBound + logBlocks)] = values[k * block + j];
        }
        foreach (F[] coordinate in coordinates) s_dft.Interpolate(coordinate, F.MultiplicativeGenerator, coordinate);
        return coordinates;
    }

    /// <summary>The constraints at a point, as a verifier sums them.</summary>
    public E AtPoint<TAir>(TAir air, E point) where TAir : IAir
    {
        E next = point * E.FromBase(F.TwoAdicGenerator(LogRows));
        Assert.True(PointConstraints.TryEvaluate(air, Lookups, LogRows, point, new()
        {
            Local = Open(_main, point),
            Next = Open(_main, next),
            Preprocessed = Open(_preprocessed, point),
            PreprocessedNext = Open(_preprocessed, next),
            Lookup = Open(_lookup, point),
            LookupNext = Open(_lookup, next),
        }, _publicValues, Challenges, out E value));
        return value;
    }

    /// <summary>The value of Σ q_k(X) x^k at a point.</summary>
    public static E Evaluate(F[][] coordinates, E point)
    {
        E sum = default;
        var basis = new F[Degree];
        for (int k = 0; k < Degree; k++)
        {
            Array.Clear(basis);
            basis[k] = F.One;
            sum += Open([coordinates[k]], point)[0] * E.FromCoefficients(basis);
        }
        return sum;
    }

    private static E[] Open(F[][] polynomials, E point) =>
        [.. polynomials.Select(coefficients => coefficients.Reverse().Aggregate(E.Zero, (value, coefficient) => value * point + E.FromBase(coefficient)))];

    private QuotientTask<F, KoalaBear4> Task(F shift) => new()
    {
        Tape = _tape,
        LogRows = LogRows,
        LogBlock = _logBound,
        Shift = shift,
        Main = Block(_main, shift),
        Preprocessed = Block(_preprocessed, shift),
        Lookup = Block(_lookup, shift),
        PublicValues = _publicValues,
        Gamma = Challenges.Gamma,
        Alpha = Challenges.Alpha,
        Beta = Challenges.Beta,
        Terminal = Challenges.Terminal,
    };

    private ColumnBlock<F> Block(F[][] polynomials, F shift)
    {
        int length = 1 << _logBound;
        var values = new F[polynomials.Length * length];
        TransformPlan<F> plan = TransformPlan<F>.Forward(_logBound, shift, TransformOrder.BitReversed);
        for (int i = 0; i < polynomials.Length; i++) plan.Run(polynomials[i], values.AsSpan(i * length, length));
        return new(new ColumnMemory<F>(values, new(polynomials.Length, length)));
    }

    private F[] Polynomial(ReadOnlySpan<F> rows)
    {
        var values = new F[1 << _logBound];
        F[] between = FieldTools.Elements<F>(values.Length, 17);
        for (int i = 0; i < values.Length; i++) values[i] = _logBound == LogRows ? rows[i] : (i & 1) == 0 ? rows[i / 2] : between[i];
        s_dft.Interpolate(values, F.One, values);
        return values;
    }
}
