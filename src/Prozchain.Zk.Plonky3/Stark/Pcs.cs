using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Challengers;
using Prozchain.Zk.Plonky3.Fri;
using Prozchain.Zk.Plonky3.Merkle;
using Prozchain.Zk.Plonky3.Wire;

namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>The proof of a polynomial commitment.</summary>
internal abstract class PcsProof
{
    /// <summary>The commitment of each round of folding.</summary>
    public abstract Bytes32[][] RoundCaps { get; }

    public abstract void Write(PostcardWriter writer);
}

/// <summary>A polynomial commitment with the geometry of its domains: what uni-stark and batch-stark rest on.</summary>
internal abstract class Pcs<TField, TExt>
    where TField : unmanaged, IField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    /// <summary>log2 of the largest committed domain.</summary>
    public abstract int MostLogHeight { get; }

    /// <summary>log2 of a quotient chunk's rows over those of the trace.</summary>
    public virtual int QuotientBits => 0;

    /// <summary>Whether tables of these heights, as log2 of their rows, can be folded to the end.</summary>
    public abstract bool CanFold(int[] logRows, Plonky3Config config);

    /// <summary>Refuses a statement that these domains have no protocol for.</summary>
    public virtual void CheckKey(Plonky3Key<TField, TExt> key) { }

    /// <summary>The point that stands to a point as a row's next to the row.</summary>
    public abstract TExt Next(TExt point, int logRows);

    /// <summary>The selectors of a trace's rows at a point; false on a point of the trace's domain.</summary>
    public abstract bool TrySelectors(TExt point, int logRows, out Selectors<TExt> selectors);

    /// <summary>The quotient at a point from the values of its chunks there.</summary>
    public abstract TExt Quotient(ReadOnlySpan<TExt> chunks, TExt point, int logRows);

    public abstract PcsProof Read(ref PostcardReader reader, Plonky3Key<TField, TExt> key);

    public abstract Plonky3Result Verify(Plonky3Key<TField, TExt> key, Challenger<TField, TExt> challenger, IReadOnlyList<Claim<TExt>> claims, PcsProof proof);

    /// <summary>Extends columns from their domain to the committed one.</summary>
    /// <param name="columns">Columns of 2^<paramref name="logRows"/> values, one after the other.</param>
    /// <param name="logRows">log2 of their rows.</param>
    /// <param name="logBlowup">log2 of how many times larger the committed domain is.</param>
    public abstract CommittedMatrix<TField> Extend(ReadOnlySpan<TField> columns, int logRows, int logBlowup);

    /// <summary>The chunks of a quotient, committed.</summary>
    public abstract CommittedMatrix<TField>[] CommitQuotient(QuotientRows<TField, TExt> rows, int logBlowup);

    /// <summary>The values of a committed matrix's columns at a point.</summary>
    public abstract TExt[] Evaluate(CommittedMatrix<TField> matrix, int logRows, TExt point);

    /// <summary>Absorbs the values claimed, and shows that the commitments hold them.</summary>
    public abstract PcsProof Open(
        Plonky3Key<TField, TExt> key, Challenger<TField, TExt> challenger,
        IReadOnlyList<(MixedTree<TField> Tree, MatrixClaim<TExt>[] Claims)> inputs, CancellationToken cancellation);

    public CommittedMatrix<TField> Extend(Trace<TField> trace, int logBlowup)
    {
        var columns = new TField[trace.Width * trace.Height];
        for (int i = 0; i < trace.Width; i++) trace.Column(i).CopyTo(columns.AsSpan(i * trace.Height));
        return Extend(columns, System.Numerics.BitOperations.Log2((uint)trace.Height), logBlowup);
    }
}
