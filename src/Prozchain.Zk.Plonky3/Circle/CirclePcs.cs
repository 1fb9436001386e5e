using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Challengers;
using Prozchain.Zk.Plonky3.Fri;
using Prozchain.Zk.Plonky3.Merkle;
using Prozchain.Zk.Plonky3.Stark;
using Prozchain.Zk.Plonky3.Wire;

namespace Prozchain.Zk.Plonky3.Circle;

/// <summary>Circle FRI over Mersenne31: points are scalars on the circle, a quotient has one chunk on a domain twice the trace's.</summary>
internal sealed class CirclePcs<TExt> : Pcs<Mersenne31, TExt> where TExt : unmanaged, IExtensionField<TExt, Mersenne31>
{
    public override int MostLogHeight => 28;

    public override int QuotientBits => 1;

    // No point of a proof has the point without a scalar for its next, but with a chance of one in the field's size; zero is then refused.
    public override TExt Next(TExt point, int logRows)
    {
        CirclePoint<TExt> next = CirclePoint<TExt>.OfScalar(point) + CircleDomain.Lift<TExt>(CircleDomain.Generator(logRows));
        return next.TryScalar(out TExt scalar) ? scalar : TExt.Zero;
    }

    public override void CheckKey(Plonky3Key<Mersenne31, TExt> key)
    {
        if (key.Config.Hiding || key.Config.LogFinalLength != 0 || key.Config.MaxLogArity != 1)
            throw new ArgumentException("Expected no hiding, folds by 2 and a final constant over the circle, got others.", nameof(key));
        foreach (TableFacts table in key.Tables)
            if (table.Chunks(hiding: false) != 1) throw new ArgumentException($"Expected constraints of degree 2 over the circle, got {table.Degree} in {table.Shape.Name}.", nameof(key));
    }

    public override bool CanFold(int[] logRows, Plonky3Config config) => logRows.Min() >= 2;

    public override bool TrySelectors(TExt point, int logRows, out Selectors<TExt> selectors) =>
        CircleSelectors.TryEvaluate(CirclePoint<TExt>.OfScalar(point), CircleDomain.Lift<TExt>(CircleDomain.Generator(logRows + 1)), logRows, out selectors);

    public override TExt Quotient(ReadOnlySpan<TExt> chunks, TExt point, int logRows) => chunks[0];

    public override PcsProof Read(ref PostcardReader reader, Plonky3Key<Mersenne31, TExt> key) => CircleProof<TExt>.Read(ref reader, key);

    public override Plonky3Result Verify(Plonky3Key<Mersenne31, TExt> key, Challenger<Mersenne31, TExt> challenger, IReadOnlyList<Claim<TExt>> claims, PcsProof proof) =>
        CircleVerifier<TExt>.Verify(key.Suite.Hash, key.Config, challenger, claims, (CircleProof<TExt>)proof);

    public override CommittedMatrix<Mersenne31> Extend(ReadOnlySpan<Mersenne31> columns, int logRows, int logBlowup)
    {
        int width = columns.Length >> logRows;
        var extended = new Mersenne31[columns.Length << logBlowup];
        for (int i = 0; i < width; i++) CircleTransform.Extend(columns.Slice(i << logRows, 1 << logRows), logBlowup).CopyTo(extended, i << (logRows + logBlowup));
        return new(logRows + logBlowup, width, extended);
    }

    public override CommittedMatrix<Mersenne31>[] CommitQuotient(QuotientRows<Mersenne31, TExt> rows, int logBlowup) =>
        [Extend(CircleQuotient<TExt>.Evaluate(rows, logBlowup), rows.LogRows + 1, logBlowup)];

    public override TExt[] Evaluate(CommittedMatrix<Mersenne31> matrix, int logRows, TExt point)
    {
        var values = new TExt[matrix.Width];
        for (int i = 0; i < values.Length; i++) values[i] = CircleTransform.Evaluate(CircleTransform.Interpolate(matrix.Column(i)), CirclePoint<TExt>.OfScalar(point));
        return values;
    }

    public override PcsProof Open(
        Plonky3Key<Mersenne31, TExt> key, Challenger<Mersenne31, TExt> challenger,
        IReadOnlyList<(MixedTree<Mersenne31> Tree, MatrixClaim<TExt>[] Claims)> inputs, CancellationToken cancellation) =>
        CircleProver<TExt>.Prove(key, challenger, inputs, cancellation);
}
