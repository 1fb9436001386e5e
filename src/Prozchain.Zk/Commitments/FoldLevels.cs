using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>What the halvings of one fold multiply differences by, as matrices over the base field.</summary>
internal sealed class FoldLevels<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    // Folds are of 1 to 3 bits.
    private static readonly TField[][] s_inverseRoots = [.. Enumerable.Range(1, 3).Select(InverseRoots)];

    private readonly TField[][][] _matrices;

    public FoldLevels(Extension<TField, TParameters> beta, int logArity)
    {
        Scale = TField.FromUInt64(1UL << logArity).Inverse();
        _matrices = new TField[logArity][][];
        for (int level = 0; level < logArity; level++, beta *= beta)
        {
            int values = 1 << (logArity - level);
            _matrices[level] = new TField[values / 2][];
            for (int pair = 0; pair < values / 2; pair++) _matrices[level][pair] = MatrixOf(beta * InverseRoot(values, pair));
        }
    }

    /// <summary>1 / arity: the halvings leave out their halves.</summary>
    public TField Scale { get; }

    /// <summary>Row by row the matrix of the product with β^(2^level), for a pair of neighbours with the factor that sets its x apart from the row's.</summary>
    public TField[] Matrix(int level, int pair) => _matrices[level][pair];

    /// <summary>The inverse of what the x of a pair is, relative to the row's first, in a row of some values.</summary>
    public static TField InverseRoot(int values, int pair) => s_inverseRoots[System.Numerics.BitOperations.Log2((uint)values) - 1][pair];

    private static TField[] InverseRoots(int bits) =>
        [.. Enumerable.Range(0, 1 << (bits - 1)).Select(pair => FieldMath.Power(TField.TwoAdicGenerator(bits).Inverse(), (ulong)NttTable<TField>.Reverse(pair, bits - 1)))];

    /// <summary>Row by row, the matrix of the product with a factor.</summary>
    public static TField[] MatrixOf(Extension<TField, TParameters> factor)
    {
        int degree = TParameters.Degree;
        var matrix = new TField[degree * degree];
        var unit = new TField[degree];
        for (int other = 0; other < degree; other++)
        {
            unit.AsSpan().Clear();
            unit[other] = TField.One;
            Extension<TField, TParameters> column = factor * Extension<TField, TParameters>.FromCoefficients(unit);
            for (int power = 0; power < degree; power++) matrix[power * degree + other] = column[power];
        }
        return matrix;
    }
}
