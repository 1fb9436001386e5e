using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Challengers;
using Prozchain.Zk.Plonky3.Fri;
using Prozchain.Zk.Plonky3.Merkle;
using Prozchain.Zk.Plonky3.Wire;

namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>FRI over subgroups of a power of two and their cosets.</summary>
internal sealed class TwoAdicPcs<TField, TExt> : Pcs<TField, TExt>
    where TField : unmanaged, ITwoAdicField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    public override int MostLogHeight => TField.TwoAdicity;

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

    public override Bytes32[] Commit(Plonky3Key<TField, TExt> key, IReadOnlyList<Trace<TField>> matrices)
    {
        int logBlowup = key.Config.LogBlowup;
        return MixedTree<TField>.Commit(key.Suite.Hash, key.Config.CapHeight, [.. matrices.Select(matrix => TwoAdicProver<TField, TExt>.Extend(matrix, logBlowup))]).Cap;
    }

    public override byte[] Prove(
        Plonky3Key<TField, TExt> key, IReadOnlyList<Trace<TField>> traces, IReadOnlyList<ReadOnlyMemory<TField>> publicValues,
        Challenger<TField, TExt> challenger, CancellationToken cancellation) =>
        new TwoAdicProver<TField, TExt>(key, traces, publicValues).Prove(challenger, cancellation);

    internal sealed class Proof(Plonky3Key<TField, TExt> key, FriProof<TField, TExt> fri) : PcsProof
    {
        public FriProof<TField, TExt> Fri => fri;

        public override Bytes32[][] RoundCaps => fri.Caps;

        public override void Write(PostcardWriter writer) => fri.Write(writer, key.Suite.Hash);
    }
}
