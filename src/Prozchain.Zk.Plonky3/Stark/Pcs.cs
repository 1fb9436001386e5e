using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Challengers;
using Prozchain.Zk.Plonky3.Fri;
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

    /// <summary>The cap over the preprocessed columns of tables.</summary>
    public abstract Bytes32[] Commit(Plonky3Key<TField, TExt> key, IReadOnlyList<Trace<TField>> matrices);

    public abstract byte[] Prove(
        Plonky3Key<TField, TExt> key, IReadOnlyList<Trace<TField>> traces, IReadOnlyList<ReadOnlyMemory<TField>> publicValues, Challenger<TField, TExt> challenger, CancellationToken cancellation);
}
