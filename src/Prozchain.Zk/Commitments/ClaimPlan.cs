using System.Numerics;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Security;

namespace Prozchain.Zk.Commitments;

/// <summary>The columns of one matrix at one point, and where their coefficients start.</summary>
internal readonly record struct ClaimTerm(int Batch, int Matrix, int Width, int FirstCoefficient, int Claim);

/// <summary>All claims about matrices of one height at one point.</summary>
internal sealed record PointClaims<TExtension>(TExtension Point, List<ClaimTerm> Terms);

/// <summary>All claims about matrices of one height: they become one codeword of 2^LogSize values.</summary>
internal sealed record HeightClaims<TExtension>(int LogSize, List<PointClaims<TExtension>> Points);

/// <summary>
/// What a statement makes of its claims, the same for prover and verifier: the codewords, tallest first, and the domains between
/// folds. Holds nothing that a proof says but the points and values that the transcript has bound.
/// </summary>
internal sealed class ClaimPlan<TField, TExtension>
    where TField : unmanaged, ITwoAdicField<TField>
    where TExtension : struct, IExtensionField<TExtension, TField>
{
    /// <exception cref="ArgumentException">The claims, the shapes and the folds do not fit together: the caller's mistake.</exception>
    public ClaimPlan(FriSettings settings, IReadOnlyList<int> folds, IReadOnlyList<BatchShape> shapes, IReadOnlyList<OpeningClaim<TExtension>> claims)
    {
        if (settings.LogBlowup < 1) throw new ArgumentException($"Expected a log2 blowup of at least 1, got {settings.LogBlowup}.", nameof(settings));
        if (settings.Queries < 1) throw new ArgumentException($"Expected at least one query, got {settings.Queries}.", nameof(settings));
        if (settings.Batching is < BatchingKind.Powers or > BatchingKind.Independent) throw new ArgumentException($"Expected a way of batching, got {settings.Batching}.", nameof(settings));
        if (claims.Count == 0) throw new ArgumentException("Expected at least one claim, got none.", nameof(claims));
        var claimed = shapes.Select(shape => new bool[shape.Matrices.Length]).ToArray();
        var heights = new SortedDictionary<int, List<PointClaims<TExtension>>>();
        for (int i = 0; i < claims.Count; i++)
        {
            OpeningClaim<TExtension> claim = claims[i];
            if ((uint)claim.Batch >= (uint)shapes.Count || (uint)claim.Matrix >= (uint)claimed[claim.Batch].Length)
                throw new ArgumentException($"Expected a claim about a committed matrix, got matrix {claim.Matrix} of batch {claim.Batch}.", nameof(claims));
            MatrixDimensions matrix = shapes[claim.Batch].Matrices[claim.Matrix];
            if (claim.Values.Length != matrix.Width) throw new ArgumentException($"Expected {matrix.Width} values, got {claim.Values.Length}.", nameof(claims));
            if (claim.IsOneWord && claim.Values.Length != TExtension.Degree) throw new ArgumentException($"Expected {TExtension.Degree} coordinates of a word, got {claim.Values.Length}.", nameof(claims));
            claimed[claim.Batch][claim.Matrix] = true;
            int logSize = BitOperations.Log2((uint)matrix.Height);
            if (!heights.TryGetValue(logSize, out List<PointClaims<TExtension>>? points)) heights[logSize] = points = [];
            PointClaims<TExtension>? same = points.Find(point => point.Point == claim.Point);
            if (same is null) points.Add(same = new(claim.Point, []));
            same.Terms.Add(new ClaimTerm(claim.Batch, claim.Matrix, matrix.Width, Total, i));
            Total = checked(Total + matrix.Width);
        }
        // A matrix without a claim would not be tested for its degree.
        for (int batch = 0; batch < claimed.Length; batch++)
            if (Array.IndexOf(claimed[batch], false) is >= 0 and int matrix)
                throw new ArgumentException($"Expected a claim about every matrix, got none about matrix {matrix} of batch {batch}.", nameof(claims));
        Heights = [.. heights.Reverse().Select(height => new HeightClaims<TExtension>(height.Key, height.Value))];
        Folds = [.. folds];
        CheckFolds(settings);
    }

    /// <summary>Pairs of a base column and a point.</summary>
    public int Total { get; }

    /// <summary>The codewords, the tallest first.</summary>
    public IReadOnlyList<HeightClaims<TExtension>> Heights { get; }

    /// <summary>log2 of the arity of each fold.</summary>
    public IReadOnlyList<int> Folds { get; }

    /// <summary>log2 of the tallest domain.</summary>
    public int LogDomain => Heights[0].LogSize;

    /// <summary>log2 of the domain after all folds.</summary>
    public int LogFinalDomain => LogDomain - Folds.Sum();

    /// <summary>Whether a claim is about a point of the evaluation domain, where the quotient does not exist.</summary>
    public bool HasPointInDomain()
    {
        foreach (HeightClaims<TExtension> height in Heights)
        {
            ulong size = 1UL << height.LogSize;
            TExtension vanishing = TExtension.FromBase(FieldMath.Power(TField.MultiplicativeGenerator, size));
            foreach (PointClaims<TExtension> point in height.Points)
                if (FieldMath.Power(point.Point, size) == vanishing) return true;
        }
        return false;
    }

    /// <summary>Gives the columns of a claim about one word its first coefficient, each times its power of x.</summary>
    public static void Tie(IReadOnlyList<OpeningClaim<TExtension>> claims, Span<TExtension> coefficients)
    {
        Span<TField> unit = stackalloc TField[TExtension.Degree];
        int first = 0;
        foreach (OpeningClaim<TExtension> claim in claims)
        {
            for (int k = 1; claim.IsOneWord && k < claim.Values.Length; k++)
            {
                unit.Clear();
                unit[k] = TField.One;
                coefficients[first + k] = coefficients[first] * TExtension.FromCoefficients(unit);
            }
            first += claim.Values.Length;
        }
    }

    /// <summary>For each height and point the sum of coefficients times claimed values.</summary>
    public TExtension[][] Values(IReadOnlyList<OpeningClaim<TExtension>> claims, TExtension[] coefficients) =>
        [.. Heights.Select(height => height.Points.Select(point =>
        {
            TExtension sum = TExtension.Zero;
            foreach (ClaimTerm term in point.Terms)
                for (int i = 0; i < term.Width; i++) sum += coefficients[term.FirstCoefficient + i] * claims[term.Claim].Values[i];
            return sum;
        }).ToArray())];

    private void CheckFolds(FriSettings settings)
    {
        int at = LogDomain, next = 1;
        if (Heights[^1].LogSize < settings.LogBlowup)
            throw new ArgumentException($"Expected matrices of at least 2^{settings.LogBlowup} rows, got 2^{Heights[^1].LogSize}.", nameof(settings));
        foreach (int fold in Folds)
        {
            if (fold is < 1 or > 3) throw new ArgumentException($"Expected folds of 1 to 3 bits, got {fold}.", nameof(settings));
            at -= fold;
            if (next < Heights.Count && Heights[next].LogSize == at) next++;
        }
        if (next < Heights.Count) throw new ArgumentException($"Expected folds that stop at every height, got none that stops at 2^{Heights[next].LogSize}.", nameof(settings));
        if (at < settings.LogBlowup) throw new ArgumentException($"Expected folds down to a domain of at least 2^{settings.LogBlowup}, got 2^{at}.", nameof(settings));
    }
}
