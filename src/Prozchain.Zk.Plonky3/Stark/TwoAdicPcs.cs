using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Challengers;
using Prozchain.Zk.Plonky3.Fri;
using Prozchain.Zk.Plonky3.Merkle;
using Prozchain.Zk.Plonky3.Wire;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>FRI over subgroups of a power of two and their cosets.</summary>
internal sealed class TwoAdicPcs<TField, TExt> : Pcs<TField, TExt>
    where TField : unmanaged, ITwoAdicField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    public override int MostLogHeight => TField.TwoAdicity;

    public override bool CanFold(int[] logRows, Plonky3Config config) => FriPlan.Ends(logRows.Select(bits => bits + config.LogBlowup), config);

    public override TExt Next(TExt point, int logRows) => point * TField.TwoAdicGenerator(logRows);

    public override bool TrySelectors(TExt point, int logRows, out Selectors<TExt> selectors)
    {
        TExt vanishing = FieldMath.Power(point, 1UL << logRows) - TExt.One;
        selectors = default;
        if (vanishing == TExt.Zero) return false;
        TExt transition = point - TExt.FromBase(TField.TwoAdicGenerator(logRows).Inverse());
        selectors = new(vanishing, vanishing * (point - TExt.One).Inverse(), vanishing * transition.Inverse(), transition);
        return true;
    }

    // Chunk i lies on a coset of the shift s_i = g w^i, on which Z_j(x) = x^N / s_j^N - 1 is constant for every j.
    public override TExt Quotient(ReadOnlySpan<TExt> chunks, TExt point, int logRows)
    {
        int count = chunks.Length;
        TField root = TField.TwoAdicGenerator(System.Numerics.BitOperations.Log2((uint)count)), inverseRoot = root.Inverse();
        TExt power = FieldMath.Power(point, 1UL << logRows) * FieldMath.Power(TField.MultiplicativeGenerator, 1UL << logRows).Inverse();
        TExt sum = TExt.Zero;
        for (int i = 0; i < count; i++)
        {
            TExt term = chunks[i];
            for (int j = 0; j < count; j++)
            {
                if (j == i) continue;
                TField shift = FieldMath.Power(inverseRoot, (ulong)j);
                term *= power * shift - TExt.One;
                term *= (FieldMath.Power(root, (ulong)i) * shift - TField.One).Inverse();
            }
            sum += term;
        }
        return sum;
    }

    public override PcsProof Read(ref PostcardReader reader, Plonky3Key<TField, TExt> key) =>
        new Proof(key, FriProof<TField, TExt>.Read(ref reader, key.Suite.Hash, key.RowWidths, key.Config));

    public override Plonky3Result Verify(Plonky3Key<TField, TExt> key, Challenger<TField, TExt> challenger, IReadOnlyList<Claim<TExt>> claims, PcsProof proof) =>
        FriVerifier<TField, TExt>.Verify(key.Suite.Hash, key.Config, challenger, claims, ((Proof)proof).Fri);

    public override CommittedMatrix<TField> Extend(ReadOnlySpan<TField> columns, int logRows, int logBlowup) =>
        Extend(columns, logRows, logBlowup, TField.MultiplicativeGenerator);

    // Chunk k lies on a coset of its own; seen from there, the generator's coset has another shift.
    public override CommittedMatrix<TField>[] CommitQuotient(QuotientRows<TField, TExt> rows, int logBlowup)
    {
        TField[][] chunks = TwoAdicQuotient<TField, TExt>.Evaluate(rows);
        var committed = new CommittedMatrix<TField>[chunks.Length];
        TField root = TField.TwoAdicGenerator(rows.LogRows + System.Numerics.BitOperations.Log2((uint)chunks.Length)).Inverse(), shift = TField.One;
        for (int k = 0; k < chunks.Length; k++, shift *= root) committed[k] = Extend(chunks[k], rows.LogRows, logBlowup, shift);
        return committed;
    }

    // A matrix's first rows are its values on a smaller coset, enough to fix its columns.
    public override TExt[] Evaluate(CommittedMatrix<TField> matrix, int logRows, TExt point)
    {
        var values = new TExt[matrix.Width];
        new Barycentric<TField, TExt>(logRows, TField.MultiplicativeGenerator, point, TransformOrder.BitReversed)
            .Evaluate(matrix.Columns, new(matrix.Width, matrix.Height), values);
        return values;
    }

    public override PcsProof Open(
        Plonky3Key<TField, TExt> key, Challenger<TField, TExt> challenger,
        IReadOnlyList<(MixedTree<TField> Tree, MatrixClaim<TExt>[] Claims)> inputs, CancellationToken cancellation) =>
        new Proof(key, FriProver<TField, TExt>.Prove(key.Suite.Hash, key.Config, challenger, inputs, cancellation));

    private static CommittedMatrix<TField> Extend(ReadOnlySpan<TField> columns, int logRows, int logBlowup, TField shift)
    {
        int width = columns.Length >> logRows;
        var extended = new TField[columns.Length << logBlowup];
        new CosetExtension<TField>(logRows, logBlowup, shift).Extend(columns, new(width, 1 << logRows), extended, new(width, 1 << (logRows + logBlowup)));
        return new(logRows + logBlowup, width, extended);
    }

    internal sealed class Proof(Plonky3Key<TField, TExt> key, FriProof<TField, TExt> fri) : PcsProof
    {
        public FriProof<TField, TExt> Fri => fri;

        public override Bytes32[][] RoundCaps => fri.Caps;

        public override void Write(PostcardWriter writer) => fri.Write(writer, key.Suite.Hash);
    }
}
