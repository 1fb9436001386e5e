using Prozchain.Shared;
using Prozchain.Zk.Air;
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

    public override bool TrySelectors(TExt point, int logRows, out Selectors<TExt> selectors)
    {
        selectors = default;
        CirclePoint<TExt> at = CirclePoint<TExt>.OfScalar(point);
        CirclePoint<Mersenne31> first = CircleDomain.Generator(logRows + 1), last = -first;
        TExt vanishing = CirclePoint<TExt>.Vanishing(at.X, logRows) - TExt.FromBase(CirclePoint<Mersenne31>.Vanishing(first.X, logRows));
        if (vanishing == TExt.Zero) return false;
        if (!(at - CircleDomain.Lift<TExt>(first)).TryScalar(out TExt toFirst) || !(at - CircleDomain.Lift<TExt>(last)).TryScalar(out TExt toLast)) return false;
        if (toFirst == TExt.Zero || toLast == TExt.Zero) return false;
        Mersenne31 scale = -FieldMath.Power(Mersenne31.FromUInt32(2), (ulong)Math.Max(2 * logRows - 1, 0)) * last.Y;
        for (int k = 1; k < logRows; k++) scale *= CirclePoint<Mersenne31>.Vanishing(last.X, k);
        TExt lastSelector = vanishing * toLast.Inverse();
        selectors = new(vanishing, vanishing * toFirst.Inverse(), lastSelector, TExt.One - lastSelector * scale.Inverse());
        return true;
    }

    public override TExt Quotient(ReadOnlySpan<TExt> chunks, TExt point, int logRows) => chunks[0];

    public override PcsProof Read(ref PostcardReader reader, Plonky3Key<Mersenne31, TExt> key) => CircleProof<TExt>.Read(ref reader, key);

    public override Plonky3Result Verify(Plonky3Key<Mersenne31, TExt> key, Challenger<Mersenne31, TExt> challenger, IReadOnlyList<Claim<TExt>> claims, PcsProof proof) =>
        CircleVerifier<TExt>.Verify(key.Suite.Hash, key.Config, challenger, claims, (CircleProof<TExt>)proof);

    public override Bytes32[] Commit(Plonky3Key<Mersenne31, TExt> key, IReadOnlyList<Trace<Mersenne31>> matrices) =>
        MixedTree<Mersenne31>.Commit(key.Suite.Hash, key.Config.CapHeight, [.. matrices.Select(matrix => Extend(matrix, key.Config.LogBlowup))]).Cap;

    public override byte[] Prove(
        Plonky3Key<Mersenne31, TExt> key, IReadOnlyList<Trace<Mersenne31>> traces, IReadOnlyList<ReadOnlyMemory<Mersenne31>> publicValues,
        Challenger<Mersenne31, TExt> challenger, CancellationToken cancellation) =>
        throw new ArgumentException("Expected a statement over two-adic domains, got the circle, over which proofs are verified only.", nameof(key));

    private static CommittedMatrix<Mersenne31> Extend(Trace<Mersenne31> trace, int logBlowup)
    {
        int logHeight = System.Numerics.BitOperations.Log2((uint)trace.Height) + logBlowup;
        var columns = new Mersenne31[trace.Width << logHeight];
        for (int i = 0; i < trace.Width; i++) CircleTransform.Extend(trace.Column(i), logBlowup).CopyTo(columns, i << logHeight);
        return new(logHeight, trace.Width, columns);
    }
}
