using Prozchain.Zk.Commitments;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>
/// Values of extended columns at points outside their domain, and their combination into a codeword: as <see cref="PointEvaluator{TField, TParameters}"/>
/// and <see cref="DeepQuotient{TField, TParameters}"/> compute them.
/// </summary>
/// <param name="session">The session; its caller's turn.</param>
/// <param name="roots">See <see cref="TransformTables"/>.</param>
internal sealed class DeviceOpenings<TField, TParameters>(DeviceSession session, DeviceBuffer roots)
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{

    // As the kernels have it.
    private const int SumThreads = 256, SumColumns = 4, PointsAtOnce = 4;

    private static readonly string s_prefix = KernelPrefix.Of<TField, TParameters>();

    private static int Degree => TParameters.Degree;

    private static KernelName Kernel(string name) => KernelPrefix.Of("openings", s_prefix, name);

    private static KernelGrid ForEachPoint(long points) => KernelGrid.ForEach((points + PointsAtOnce - 1) / PointsAtOnce);

    /// <summary>The weights of the barycentric formula at a point, but for a factor: for matrices of 2^logRows rows.</summary>
    public DeviceBuffer Weights(int logRows, Extension<TField, TParameters> point)
    {
        DeviceBuffer weights = session.Allocate((long)Degree * DeviceMatrix.ElementSize << logRows, "weights of a point");
        using DeviceBuffer facts = session.Upload<TField>(Facts(point), "a point");
        session.Launch(Kernel("weights"), ForEachPoint(1L << logRows), weights, facts, logRows, RawElements.Of(TField.MultiplicativeGenerator), roots);
        return weights;
    }

    /// <summary>A value for each column.</summary>
    /// <param name="matrix">Extended columns.</param>
    /// <param name="weights">The weights for its rows and the point.</param>
    /// <param name="point">Outside the evaluation domain.</param>
    public Extension<TField, TParameters>[] Evaluate(DeviceMatrix matrix, DeviceBuffer weights, Extension<TField, TParameters> point)
    {
        int groups = Groups(matrix.Width), blocks = Blocks(matrix.Width, matrix.LogRows, session.Device.Multiprocessors);
        using DeviceBuffer partial = session.Allocate((long)matrix.Width * blocks * Degree * DeviceMatrix.ElementSize, "sums of columns");
        session.Launch(
            Kernel("weighted_sums"), new(blocks, SumThreads, SumThreads * DeviceMatrix.ElementSize, groups),
            partial, matrix.Column(0), matrix.Stride, matrix.Width, weights, matrix.LogRows);
        var sums = new Extension<TField, TParameters>[matrix.Width * blocks];
        session.Read(partial, 0, sums.AsSpan());
        Extension<TField, TParameters> factor = Factor(matrix.LogRows, point);
        var values = new Extension<TField, TParameters>[matrix.Width];
        for (int column = 0; column < values.Length; column++)
        {
            Extension<TField, TParameters> sum = default;
            foreach (Extension<TField, TParameters> part in sums.AsSpan(column * blocks, blocks)) sum += part;
            values[column] = sum * factor;
        }
        return values;
    }

    /// <summary>At each x of the evaluation domain the sum over points z of (v - Σ λ_k p_k(x)) / (z - x).</summary>
    /// <param name="height">Points, with matrices and the numbers of their first coefficients.</param>
    /// <param name="values">v of each point.</param>
    /// <param name="coefficients">λ by number.</param>
    /// <param name="find">The extended columns of a term.</param>
    public DeviceCodeword<TField> Combine(
        HeightClaims<Extension<TField, TParameters>> height, Extension<TField, TParameters>[] values, Extension<TField, TParameters>[] coefficients, Func<ClaimTerm, DeviceMatrix> find) =>
        Combine(height, values, coefficients, find, (matrix, use) => use(matrix, 0));

    /// <summary>The same of columns that need not be there together.</summary>
    /// <param name="height">Points, with matrices and the numbers of their first coefficients.</param>
    /// <param name="values">v of each point.</param>
    /// <param name="coefficients">λ by number.</param>
    /// <param name="find">The matrix of a term.</param>
    /// <param name="inPieces">Calls with extended columns of a matrix, and the number of the first of them.</param>
    public DeviceCodeword<TField> Combine<TMatrix>(
        HeightClaims<Extension<TField, TParameters>> height, Extension<TField, TParameters>[] values, Extension<TField, TParameters>[] coefficients, Func<ClaimTerm, TMatrix> find,
        Action<TMatrix, Action<DeviceMatrix, int>> inPieces)
        where TMatrix : class
    {
        long size = 1L << height.LogSize, bytes = size * Degree * DeviceMatrix.ElementSize;
        DeviceMatrix codeword = DeviceMatrix.Allocate(session, height.LogSize, 0, Degree, "a codeword");
        DeviceBuffer[] sums = [.. height.Points.Select(_ => session.Allocate(bytes, "sums of columns"))];
        foreach (DeviceBuffer sum in sums) session.Clear(sum, 0, bytes);
        // The matrices that a term opens, each with its points: a column is read once for two of them.
        Dictionary<TMatrix, List<(int Point, int First)>> terms = new(ReferenceEqualityComparer.Instance);
        for (int point = 0; point < height.Points.Count; point++)
        {
            foreach (ClaimTerm term in height.Points[point].Terms)
            {
                TMatrix matrix = find(term);
                if (!terms.TryGetValue(matrix, out List<(int, int)>? opened)) terms.Add(matrix, opened = []);
                opened.Add((point, term.FirstCoefficient));
            }
        }
        foreach ((TMatrix matrix, List<(int Point, int First)> opened) in terms)
        {
            inPieces(matrix, (columns, first) =>
            {
                for (int i = 0; i < opened.Count; i += 2) Add(columns, first, opened.GetRange(i, Math.Min(2, opened.Count - i)));
            });
        }
        for (int point = 0; point < sums.Length; point++)
        {
            using DeviceBuffer facts = session.Upload<TField>([.. RawElements.Coordinates(values[point]), .. Facts(height.Points[point].Point)], "a point");
            session.Launch(
                Kernel("divide_by_points"), ForEachPoint(size),
                codeword.Column(0), sums[point], facts, height.LogSize, RawElements.Of(TField.MultiplicativeGenerator), point == 0 ? 1 : 0, roots);
            sums[point].Dispose();
        }
        return new(codeword, TField.MultiplicativeGenerator);

        void Add(DeviceMatrix matrix, int first, List<(int Point, int First)> opened)
        {
            var factors = new Extension<TField, TParameters>[matrix.Width * opened.Count];
            for (int column = 0; column < matrix.Width; column++)
                for (int i = 0; i < opened.Count; i++) factors[column * opened.Count + i] = coefficients[opened[i].First + first + column];
            using DeviceBuffer uploaded = session.Upload<Extension<TField, TParameters>>(factors, "coefficients");
            KernelGrid grid = KernelGrid.ForEach(size);
            if (opened.Count == 1)
                session.Launch(Kernel("combine_one"), grid, sums[opened[0].Point], matrix.Column(0), matrix.Stride, matrix.Width, uploaded, size);
            else
                session.Launch(Kernel("combine_two"), grid, sums[opened[0].Point], sums[opened[1].Point], matrix.Column(0), matrix.Stride, matrix.Width, uploaded, size);
        }
    }

    /// <summary>Sums of columns that an evaluation takes memory for.</summary>
    public static long Sums(int width, int logRows, int multiprocessors) => (long)width * Blocks(width, logRows, multiprocessors);

    private static int Groups(int width) => (width + SumColumns - 1) / SumColumns;

    // Enough for the device, but few sums for the host to add up.
    private static int Blocks(int width, int logRows, int multiprocessors) => (int)Math.Clamp((1L << logRows) / SumThreads, 1, Math.Max(1, 8 * multiprocessors / Groups(width)));

    // What the weights leave out: (z^n - s^n) / (n s^n), s the first point of the coset.
    private static Extension<TField, TParameters> Factor(int logRows, Extension<TField, TParameters> point)
    {
        ulong rows = 1UL << logRows;
        TField power = FieldMath.Power(TField.MultiplicativeGenerator, rows);
        return (FieldMath.Power(point, rows) - Extension<TField, TParameters>.FromBase(power)) * (TField.FromUInt64(rows) * power).Inverse();
    }

    private static TField[] Facts(Extension<TField, TParameters> point)
    {
        PointInverses<TField, Extension<TField, TParameters>> inverses = new(point);
        List<TField> facts = [.. inverses.Norm];
        for (int power = 0; power < Degree; power++) facts.AddRange(inverses.Numerator(power));
        return [.. facts];
    }
}
